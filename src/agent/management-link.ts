import type { Greeting, Link, LinkEvent, Linker, LinkFault, StatusRow } from './link.ts'
import * as commands from './management/commands.ts'
import type { ManagementEvent, StateRecord } from './management/events.ts'
import { ManagementError } from './management/management-error.ts'
import { type ManagementSession, openManagementSession } from './management/session.ts'

/** Behind another program OpenVPN says nothing until that has gone, and then at once. */
const GREETING_MS = 5000

/** OpenVPN is one thread, and a storm of handshakes keeps it from everything else for seconds [facts 6]. */
const COMMAND_MS = 30_000

/** How many commands may be under way: OpenVPN answers them in order. */
const DEPTH = 512

/** A storm of all gateways, each with its answer. */
const MAX_QUEUED = 200_000

/** How often OpenVPN tells of traffic, in seconds. */
const TRAFFIC_SECONDS = 10

/** Who listens in on the connections to one instance. */
export type Listener = {
  /** The line of a real-time message, latin1, as it came. */
  hear(line: string): void
  attach(session: ManagementSession): void
  detach(session: ManagementSession): void
}

/** Connects to the management interface of OpenVPN. */
export const managementLinker: Linker = managementLinkerWith(() => undefined)

/** The same, with somebody who listens in. */
export function managementLinkerWith(listenerOf: (path: string) => Listener | undefined): Linker {
  return { open: (path, onEvent, signal) => open(path, onEvent, signal, listenerOf(path)), fault: faultOf }
}

async function open(
  path: string,
  onEvent: (event: LinkEvent) => void,
  signal: AbortSignal,
  listener: Listener | undefined,
): Promise<Link> {
  const session = await openManagementSession({
    path,
    signal,
    greetingMs: GREETING_MS,
    commandMs: COMMAND_MS,
    depth: DEPTH,
    maxQueued: MAX_QUEUED,
    onEvent: (event) => {
      const heard = linkEventOf(event)
      if (heard !== undefined) onEvent(heard)
    },
    ...(listener === undefined ? {} : { onRealTimeLine: (line: string) => listener.hear(line) }),
  })
  listener?.attach(session)
  void session.closed.then(() => listener?.detach(session))
  return linkOf(session)
}

function linkOf(session: ManagementSession): Link {
  return {
    greet: () => greet(session),
    release: () => session.send(commands.setHold('release')),
    clientAuth: async (key, lines) => session.send(commands.clientAuth(key, lines)),
    clientAuthNt: async (key) => session.send(commands.clientAuthNt(key)),
    clientDeny: async (key, reason, clientReason) => session.send(commands.clientDeny(key, reason, clientReason)),
    clientKill: async (cid) => session.send(commands.clientKill(cid)),
    kill: async (commonName) => session.send(commands.killCommonName(commonName)),
    status: () => status(session),
    close: () => session.close(),
    closed: session.closed,
  }
}

async function greet(session: ManagementSession): Promise<Greeting> {
  const [version, pid, records] = await Promise.all([
    session.send(commands.version()),
    session.send(commands.pid()),
    session.send(commands.realTimeStateAndHistory(1)),
    session.send(commands.bytecount(TRAFFIC_SECONDS)),
  ])
  return { version: version.openvpn, pid, connectedAt: openedAt(records.at(-1)) }
}

function openedAt(record: StateRecord | undefined): number | undefined {
  return record?.state === 'CONNECTED' ? record.time : undefined
}

async function status(session: ManagementSession): Promise<StatusRow[]> {
  const answer = await session.send(commands.status(3))
  return answer.kind === 'server' ? answer.clients : []
}

/** What is of no use here is left away. */
export function linkEventOf(event: ManagementEvent): LinkEvent | undefined {
  switch (event.type) {
    case 'CLIENT:CONNECT':
    case 'CLIENT:REAUTH':
    case 'CLIENT:ESTABLISHED':
    case 'CLIENT:DISCONNECT':
    case 'BYTECOUNT_CLI':
    case 'HOLD':
      return event
    case 'STATE': {
      const time = openedAt(event.record)
      return time === undefined ? undefined : { type: 'CONNECTED', time }
    }
    case 'notification-lost': {
      const { kind, cid, kid } = event.lost
      const isAsking = kind === 'CONNECT' || kind === 'REAUTH'
      return isAsking && cid !== undefined && kid !== undefined ? { type: 'LOST', cid, kid } : undefined
    }
  }
  return undefined
}

/** Nobody listens at a socket that is gone, or was left behind by a process that is. */
const GONE = /ENOENT|ECONNREFUSED/

function faultOf(error: unknown): LinkFault {
  const words = error instanceof Error ? error.message : String(error)
  const isGone = error instanceof ManagementError && error.code === 'unreachable' && GONE.test(words)
  return { kind: isGone ? 'gone' : 'busy', words }
}
