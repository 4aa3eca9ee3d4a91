/** Why the interface could not be used, or a command could not be carried out. */
export type ManagementErrorCode =
  /** A value that must not be written to the interface: nothing was sent. */
  | 'bad-command'
  /** OpenVPN answered ERROR. */
  | 'refused'
  /** OpenVPN has the command, but not in this mode, on this system or at this time. */
  | 'not-available'
  /** This OpenVPN does not know the command: it was removed, or comes with a later one. */
  | 'removed'
  /** An answer that is none to the command. */
  | 'bad-reply'
  | 'reply-too-large'
  | 'queue-full'
  /** No answer in the time limit: the session is closed, as later answers could not be told apart. */
  | 'timeout'
  /** The socket could not be connected to. */
  | 'unreachable'
  /** Connected, and no greeting: another client has the interface (one at a time), or OpenVPN hangs. */
  | 'busy'
  | 'password-needed'
  | 'bad-password'
  | 'aborted'
  /** The session has ended: by `close`, by OpenVPN, or with the error in `cause`. */
  | 'closed'

/** What goes wrong with the management interface. The message names the command, never a value that was sent. */
export class ManagementError extends Error {
  override readonly name = 'ManagementError'
  readonly code: ManagementErrorCode
  /** The command it belongs to, where it belongs to one. */
  readonly verb: string | undefined
  /** OpenVPN's own words after `ERROR: `, where it said any. */
  readonly text: string | undefined

  constructor(
    code: ManagementErrorCode,
    message: string,
    more: { verb?: string; text?: string; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause })
    this.code = code
    this.verb = more.verb
    this.text = more.text
  }
}

/** What OpenVPN 2.6.14 says of a command that it does not know. */
const UNKNOWN = /^unknown command\b/

/** What it says of one it knows and cannot do: in this mode, at this time, on this system. */
const NOT_AVAILABLE =
  /not (currently available|supported by the current daemon mode)|^no .* is currently needed|only implemented on Windows/

/** The error that stands for an answer `ERROR: text`. */
export function refusal(verb: string, text: string): ManagementError {
  const code = UNKNOWN.test(text) ? 'removed' : NOT_AVAILABLE.test(text) ? 'not-available' : 'refused'
  return new ManagementError(code, `OpenVPN refused ${verb}: ${text}`, { verb, text })
}
