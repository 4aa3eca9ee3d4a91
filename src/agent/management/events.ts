import type { Secret } from '../../domain/secret.ts'
import type { DynamicChallenge, StaticChallenge, TextChallenge } from './challenge.ts'
import type { ManagementEnv } from './env.ts'

/** Notifications of a server with `--management-client-auth`. CIDs start at 0 again after SIGUSR1 and SIGHUP. */
export type ClientEvent =
  | { type: 'CLIENT:CONNECT'; cid: number; kid: number; env: ManagementEnv }
  | { type: 'CLIENT:REAUTH'; cid: number; kid: number; env: ManagementEnv }
  | { type: 'CLIENT:ESTABLISHED'; cid: number; env: ManagementEnv }
  | { type: 'CLIENT:DISCONNECT'; cid: number; env: ManagementEnv }
  /** The answer to a pending authentication, base64 as the client sent it: OpenVPN does not look at it. */
  | { type: 'CLIENT:CR_RESPONSE'; cid: number; kid: number; response: Secret; env: ManagementEnv }
  /** An address (`primary`) or a subnet behind the client now belongs to it. */
  | { type: 'CLIENT:ADDRESS'; cid: number; address: string; primary: boolean }

/** A line of the state, also of its history. Times are unix seconds; what OpenVPN left empty is undefined. */
export type StateRecord = {
  time: number
  state: string
  description: string | undefined
  localIpv4: string | undefined
  remoteAddress: string | undefined
  remotePort: number | undefined
  localAddress: string | undefined
  localPort: number | undefined
  localIpv6: string | undefined
}

/** A line of the log. Flags: I informational, F fatal, N non-fatal error, W warning, D debug. */
export type LogRecord = { time: number; flags: string; message: string }

export type EchoRecord = { time: number; text: string }

export type PasswordEvent =
  | {
      type: 'PASSWORD:NEED'
      what: string
      needs: 'password' | 'username/password'
      challenge: StaticChallenge | undefined
    }
  | {
      type: 'PASSWORD:FAILED'
      what: string | undefined
      reason: string | undefined
      challenge: DynamicChallenge | undefined
    }
  | { type: 'PASSWORD:AUTH-TOKEN'; token: Secret }

export type InfomsgEvent =
  | { type: 'INFOMSG:CR_TEXT'; challenge: TextChallenge }
  | { type: 'INFOMSG:WEB_AUTH'; flags: readonly string[]; url: string }
  | { type: 'INFOMSG:OPEN_URL'; url: string }
  | { type: 'INFOMSG'; text: string }

export type QueryEvent =
  | { type: 'NEED-OK'; what: string; needs: string; message: string }
  | { type: 'NEED-STR'; what: string; needs: string; message: string }
  | { type: 'NEED-CERTIFICATE'; hint: string }
  | { type: 'REMOTE'; host: string; port: number; protocol: string }
  | { type: 'PROXY'; index: number; protocol: string; host: string }
  | { type: 'RSA_SIGN'; dataBase64: string }
  /** `algorithm` is told to clients that announced version 3 or more. */
  | { type: 'PK_SIGN'; dataBase64: string; algorithm: string | undefined }
  | { type: 'PKCS11ID-COUNT'; count: number }
  | { type: 'PKCS11ID-ENTRY'; index: number; entry: { id: string; blobBase64: string } | undefined }

export type NoticeEvent =
  | { type: 'BYTECOUNT'; bytesIn: number; bytesOut: number }
  | { type: 'BYTECOUNT_CLI'; cid: number; bytesIn: number; bytesOut: number }
  | { type: 'ECHO'; record: EchoRecord }
  | { type: 'FATAL'; text: string }
  /** `waitSeconds`: how long OpenVPN would have waited before it connects again. */
  | { type: 'HOLD'; text: string; waitSeconds: number | undefined }
  | { type: 'INFO'; text: string }
  | { type: 'LOG'; record: LogRecord }
  | { type: 'NOTIFY'; severity: string; notification: string; detail: string }
  | { type: 'STATE'; record: StateRecord }
  | { type: 'UPDOWN:UP'; env: ManagementEnv }
  | { type: 'UPDOWN:DOWN'; env: ManagementEnv }

/** Which notification was lost, as far as it was told. */
export type Lost = { source: string; kind: string; cid: number | undefined; kid: number | undefined }

/** What is no message of the protocol, or cannot be delivered whole. */
export type FaultEvent =
  /** A real-time message whose keyword nobody here knows: a later OpenVPN's. */
  | { type: 'unknown'; keyword: string; text: string }
  | { type: 'malformed'; keyword: string; text: string }
  | { type: 'line-too-long'; limitBytes: number }
  /** A notification was left away: its client waits for an answer all the same, and `client-deny` is one. */
  | { type: 'notification-lost'; why: 'env-too-large' | 'line-too-long' | 'cut'; lost: Lost }
  /** A line that is no real-time message, while no command waits for one. */
  | { type: 'stray-line'; text: string }

export type ManagementEvent = ClientEvent | PasswordEvent | InfomsgEvent | QueryEvent | NoticeEvent | FaultEvent

/** What else the parser makes of the stream: it is for whoever sends commands. */
export type ParserOutput = ManagementEvent | { type: 'reply-line'; text: string } | { type: 'password-prompt' }
