import type { AgentEvent } from '../domain/agent-feed.ts'
import type { Fqdn } from '../domain/names.ts'
import type { Link } from './link.ts'
import type { SessionTable } from './sessions.ts'
import type { StateCopy } from './state-copy.ts'

type Say = (fields: object, words: string) => void

/** Where an agent says what it does. */
export type Log = { debug: Say; info: Say; warn: Say; error: Say }

/** What every part of an agent works on. */
export type Host = {
  readonly copy: StateCopy
  readonly sessions: SessionTable
  readonly log: Log
  readonly now: () => Date
  /** Tells the service. */
  tell(event: AgentEvent): void
  /** The route of a gateway may be another one now. */
  routeChanged(gateway: Fqdn): void
  /** What is kept of sessions, or of the state, was changed. */
  sessionsChanged(): void
  stateChanged(): void
  /** The connection to an instance, while there is one. */
  linkOf(instance: number): Link | undefined
}

/** One life of one instance, connected. */
export type Place = { readonly number: number; readonly generation: string; readonly link: Link }

/**
 * Lets a command go, whose failure changes nothing: the client it was about has gone, or the connection, and then
 * everything is looked at again.
 */
export function letGo(host: Host, command: Promise<unknown>): void {
  command.catch((error: unknown) => {
    host.log.debug({ reason: error instanceof Error ? error.message : String(error) }, 'OpenVPN did not take a command')
  })
}
