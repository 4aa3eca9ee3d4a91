import type { Secret } from '../../domain/secret.ts'
import type { Command } from './command.ts'
import type { ManagementEvent } from './events.ts'
import type { ParserLimits } from './parser.ts'

export type SessionAddress = { path: string } | { host: string; port: number }

/** What can be asked to send a command. Rejects with ManagementError. */
export type Sending = { send<Reply>(command: Command<Reply>, options?: { timeoutMs?: number }): Promise<Reply> }

export type SessionOptions = SessionAddress & {
  /** Given every real-time message and every fault, in the order of the stream. It must not throw. */
  onEvent: (event: ManagementEvent, session: Sending) => void
  /** Given every line of a real-time message as it came, latin1, before the event it belongs to. It must not throw. */
  onRealTimeLine?: (line: string) => void
  /** What `--management … pw-file` has in its file. */
  password?: Secret
  /** How long to wait for the greeting, and the password before it: another client may have the interface. */
  greetingMs: number
  /** How long each command may go unanswered before the session is ended; 10 s if not given. */
  commandMs?: number
  /** How many commands may be under way at once, 1 if not given. OpenVPN answers in order, however many there are. */
  depth?: number
  /** How many commands may wait; 10,000 if not given. */
  maxQueued?: number
  /** How many bytes an answer may have; 64 MiB if not given: `status` has 250 bytes a client. */
  maxReplyBytes?: number
  limits?: Partial<ParserLimits>
  /** Ends the session, also while it is being opened. */
  signal?: AbortSignal
}
