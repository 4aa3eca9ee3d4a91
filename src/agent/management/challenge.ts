import { Secret } from '../../domain/secret.ts'
import { ManagementError } from './management-error.ts'

/** `--static-challenge`: asked together with the username and password. */
export type StaticChallenge = { text: string; echo: boolean }

/** What a server's refusal asks, to be answered at the next question for username and password. */
export type DynamicChallenge = { flags: ChallengeFlags; stateId: string; username: string; text: string }

/** What `client-pending-auth` asks, to be answered by `cr-response`. */
export type TextChallenge = { flags: ChallengeFlags; text: string }

/** E: the answer may be shown as it is typed. R: an answer is required. */
export type ChallengeFlags = { echo: boolean; response: boolean }

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** The bytes of strict base64, or undefined: Node's own decoder leaves away what it does not like. */
export function decodeBase64(text: string): Buffer | undefined {
  if (!BASE64.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}

export function encodeBase64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}

function decodeText(text: string): string | undefined {
  const bytes = decodeBase64(text)
  if (bytes === undefined) return undefined
  const decoded = bytes.toString('utf8')
  return Buffer.from(decoded, 'utf8').equals(bytes) ? decoded : undefined
}

/** `SC:1,Please enter token PIN`, without `SC:`. Bit 0 of the number is the echo; later versions use more of them. */
export function parseStaticChallenge(text: string): StaticChallenge | undefined {
  const [, flags, question] = /^(\d{1,9}),(.*)$/s.exec(text) ?? []
  if (flags === undefined || question === undefined) return undefined
  return { text: question, echo: (Number(flags) & 1) === 1 }
}

/** What is sent as password in answer to a static challenge. */
export function encodeStaticResponse(password: string, response: string): string {
  return `SCRV1:${encodeBase64(password)}:${encodeBase64(response)}`
}

/** Both halves of a `SCRV1` password, as a server's CONNECT tells it. Undefined when it is no such password. */
export function parseStaticResponse(password: string): { password: Secret; response: Secret } | undefined {
  const [, first, second] = /^SCRV1:([^:]*):([^:]*)$/.exec(password) ?? []
  const halves = [first, second].map((half) => (half === undefined ? undefined : decodeText(half)))
  if (halves[0] === undefined || halves[1] === undefined) return undefined
  return { password: new Secret(halves[0]), response: new Secret(halves[1]) }
}

/** `CRV1:R,E:state:dXNlcg==:text`. Undefined when it is none. */
export function parseDynamicChallenge(text: string): DynamicChallenge | undefined {
  const [, flags, stateId, user, question] = /^CRV1:([^:]*):([^:]*):([^:]*):(.*)$/s.exec(text) ?? []
  const username = user === undefined ? undefined : decodeText(user)
  if (flags === undefined || stateId === undefined || question === undefined || username === undefined) return undefined
  return { flags: parseFlags(flags), stateId, username, text: question }
}

/**
 * The reason to give to `client-deny` so that the client asks its user.
 * @throws ManagementError bad-command, when the state id has a colon
 */
export function encodeDynamicChallenge({ flags, stateId, username, text }: DynamicChallenge): string {
  return `CRV1:${formatFlags(flags)}:${withoutColon(stateId)}:${encodeBase64(username)}:${text}`
}

/**
 * What is sent as password in answer to a dynamic challenge.
 * @throws ManagementError bad-command, when the state id has a colon
 */
export function encodeDynamicResponse(stateId: string, response: string): string {
  return `CRV1::${withoutColon(stateId)}::${response}`
}

/** The answer to a dynamic challenge, as a server's CONNECT tells it as password. Undefined when it is none. */
export function parseDynamicResponse(password: string): { stateId: string; response: Secret } | undefined {
  const [, stateId, response] = /^CRV1::([^:]*)::(.*)$/s.exec(password) ?? []
  if (stateId === undefined || response === undefined) return undefined
  return { stateId, response: new Secret(response) }
}

/** `CR_TEXT:R,E:text`. Undefined when it is none. */
export function parseTextChallenge(text: string): TextChallenge | undefined {
  const [, flags, question] = /^CR_TEXT:([^:]*):(.*)$/s.exec(text) ?? []
  return flags === undefined || question === undefined ? undefined : { flags: parseFlags(flags), text: question }
}

/** What to give to `client-pending-auth`. */
export function encodeTextChallenge({ flags, text }: TextChallenge): string {
  return `CR_TEXT:${formatFlags(flags)}:${text}`
}

/** The answer to a CR_TEXT challenge, from its base64. Undefined when it is not UTF-8 in base64: OpenVPN does not look. */
export function parseTextResponse(base64: string): Secret | undefined {
  const text = decodeText(base64)
  return text === undefined ? undefined : new Secret(text)
}

function parseFlags(text: string): ChallengeFlags {
  const flags = text.split(',')
  return { echo: flags.includes('E'), response: flags.includes('R') }
}

function formatFlags({ echo, response }: ChallengeFlags): string {
  return [response ? 'R' : '', echo ? 'E' : ''].filter(Boolean).join(',')
}

function withoutColon(stateId: string): string {
  if (stateId.includes(':')) throw new ManagementError('bad-command', 'the state id of a challenge has a colon')
  return stateId
}
