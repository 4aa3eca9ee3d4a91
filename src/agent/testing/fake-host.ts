import type { AgentEvent } from '../../domain/agent-feed.ts'
import type { Fqdn } from '../../domain/names.ts'
import type { Host, Log } from '../host.ts'
import type { Link, StatusRow } from '../link.ts'
import { SessionTable } from '../sessions.ts'
import { StateCopy } from '../state-copy.ts'
import { GATEWAY } from './feed.ts'

export const GENERATION = '13942.1795261180'

/** A log that keeps its words. */
export function fakeLog(): Log & { said: string[] } {
  const said: string[] = []
  const say = (_: object, words: string) => void said.push(words)
  return { said, debug: () => undefined, info: say, warn: say, error: say }
}

/** What stands around the decisions, keeping all that it is told. */
export class FakeHost implements Host {
  readonly copy = new StateCopy()
  readonly sessions = new SessionTable()
  readonly log = fakeLog()
  readonly events: AgentEvent[] = []
  readonly routesChanged: Fqdn[] = []
  readonly links = new Map<number, FakeLink>()
  seconds = 0
  readonly now = () => new Date(Date.UTC(2026, 10, 21, 12, 0, this.seconds++))

  tell(event: AgentEvent): void {
    this.events.push(event)
  }

  routeChanged(gateway: Fqdn): void {
    this.routesChanged.push(gateway)
  }

  sessionsChanged(): void {}

  stateChanged(): void {}

  linkOf(instance: number): FakeLink | undefined {
    return this.links.get(instance)
  }

  /** An instance that is connected. */
  place(number = 0) {
    const link = this.links.get(number) ?? new FakeLink()
    this.links.set(number, link)
    return { number, generation: GENERATION, link }
  }

  told<Type extends AgentEvent['type']>(type: Type): (AgentEvent & { type: Type })[] {
    return this.events.filter((event): event is AgentEvent & { type: Type } => event.type === type)
  }
}

/** An instance that takes every command. */
export class FakeLink implements Link {
  readonly sent: string[] = []
  rows: StatusRow[] = []
  fault: Error | undefined
  readonly closed = new Promise<void>(() => undefined)

  greet = async () => ({ version: 'fake', pid: 13942, connectedAt: 1795261180 })
  release = () => this.#take('release')
  clientAuth = ({ cid, kid }: { cid: number; kid: number }, lines: readonly string[]) =>
    this.#take(`client-auth ${cid} ${kid} ${lines[0]}`)
  clientAuthNt = ({ cid, kid }: { cid: number; kid: number }) => this.#take(`client-auth-nt ${cid} ${kid}`)
  clientDeny = ({ cid, kid }: { cid: number; kid: number }, reason: string, clientReason: string) =>
    this.#take(`client-deny ${cid} ${kid} ${reason} / ${clientReason}`)
  clientKill = (cid: number) => this.#take(`client-kill ${cid}`)
  kill = (commonName: string) => this.#take(`kill ${commonName}`)
  close = async () => undefined

  async status(): Promise<StatusRow[]> {
    await this.#take('status')
    return this.rows
  }

  async #take(command: string): Promise<void> {
    this.sent.push(command)
    if (this.fault !== undefined) throw this.fault
  }
}

/** A line of `status`: by default of an established session of the gateway. */
export function row(more: Partial<StatusRow> = {}): StatusRow {
  return {
    commonName: GATEWAY,
    realAddress: '127.0.0.1:52395',
    virtualIpv6Address: '2001:470:c844:20f::1',
    bytesReceived: 11,
    bytesSent: 22,
    connectedSince: 1795261180,
    cid: 0,
    pending: false,
    ...more,
  }
}
