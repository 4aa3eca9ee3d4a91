/** What the agent asks of an instance of OpenVPN, and hears from it: the part of the protocol it lives by. */

export type ClientKey = { cid: number; kid: number }

/** The environment of a notification. */
export type Env = { get(name: string): string | undefined }

export type LinkEvent =
  | { type: 'CLIENT:CONNECT'; cid: number; kid: number; env: Env }
  | { type: 'CLIENT:REAUTH'; cid: number; kid: number; env: Env }
  | { type: 'CLIENT:ESTABLISHED'; cid: number; env: Env }
  | { type: 'CLIENT:DISCONNECT'; cid: number; env: Env }
  | { type: 'BYTECOUNT_CLI'; cid: number; bytesIn: number; bytesOut: number }
  /** OpenVPN waits for `release` before it opens its port. */
  | { type: 'HOLD' }
  /** It has opened it. `time` is in unix seconds. */
  | { type: 'CONNECTED'; time: number }
  /** A notification that was too large, or cut: its client waits for an answer all the same. */
  | { type: 'LOST'; cid: number; kid: number }

/** A line of `status`. */
export type StatusRow = {
  commonName: string
  realAddress: string
  virtualIpv6Address: string | undefined
  bytesReceived: number
  bytesSent: number
  /** Unix seconds. */
  connectedSince: number
  cid: number
  pending: boolean
}

/** What an instance says of itself. `connectedAt`: since when its port is open, in unix seconds, when it is. */
export type Greeting = { version: string; pid: number; connectedAt: number | undefined }

/** A connection to an instance. Everything is sent in the order it is asked for, without waiting for answers. */
export type Link = {
  /** Asks who it is, and has it tell of its state and of traffic from now on. */
  greet(): Promise<Greeting>
  release(): Promise<void>
  clientAuth(key: ClientKey, lines: readonly string[]): Promise<void>
  clientAuthNt(key: ClientKey): Promise<void>
  clientDeny(key: ClientKey, reason: string, clientReason: string): Promise<void>
  clientKill(cid: number): Promise<void>
  kill(commonName: string): Promise<void>
  status(): Promise<StatusRow[]>
  close(): Promise<void>
  /** Settles when the connection has ended. */
  readonly closed: Promise<unknown>
}

/** `gone`: no process listens there. `busy`: another program has the interface, or OpenVPN hangs. */
export type LinkFault = { kind: 'gone' | 'busy'; words: string }

/**
 * Connects to an instance. `fault` tells what an error of it means.
 */
export type Linker = {
  open(path: string, onEvent: (event: LinkEvent) => void, signal: AbortSignal): Promise<Link>
  fault(error: unknown): LinkFault
}
