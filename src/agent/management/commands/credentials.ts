import type { Secret } from '../../../domain/secret.ts'
import { decodeBase64 } from '../challenge.ts'
import { block, Command, plain, SUCCESS } from '../command.ts'
import { bad, oneOf, quote } from '../quote.ts'

/** Answers `PASSWORD:NEED`; `what` is what it asked for, such as `Auth` or `Private Key`. */
export function password(what: string, value: Secret): Command<void> {
  return plain('password', quote('what is asked', what), quote('the password', value.reveal()))
}

export function username(what: string, value: string): Command<void> {
  return plain('username', quote('what is asked', what), quote('the username', value))
}

/** Has OpenVPN forget the passwords that it was given. */
export function forgetPasswords(): Command<void> {
  return plain('forget-passwords')
}

const AUTH_RETRY = ['none', 'interact', 'nointeract'] as const

/** What a client does when its credentials are refused: end, ask again, or try the same again. */
export function authRetry(mode: (typeof AUTH_RETRY)[number]): Command<void> {
  return plain('auth-retry', oneOf('the mode', AUTH_RETRY, mode))
}

export function needOk(what: string, answer: 'ok' | 'cancel'): Command<void> {
  return plain('needok', quote('what is asked', what), oneOf('the answer', ['ok', 'cancel'], answer))
}

export function needStr(what: string, answer: string): Command<void> {
  return plain('needstr', quote('what is asked', what), quote('the answer', answer))
}

/** Answers `INFOMSG:CR_TEXT`, on a client. */
export function crResponse(answer: Secret): Command<void> {
  const base64 = Buffer.from(answer.reveal(), 'utf8').toString('base64')
  return plain('cr-response', quote('the answer', base64))
}

/** Answers RSA_SIGN with a signature in base64. */
export function rsaSig(signatureBase64: string): Command<void> {
  return signature('rsa-sig', signatureBase64)
}

/** Answers PK_SIGN with a signature in base64. */
export function pkSig(signatureBase64: string): Command<void> {
  return signature('pk-sig', signatureBase64)
}

/** Longer than any command: where OpenVPN refuses the first line, it takes the others for commands, and knows none such. */
const BASE64_LINE = 64

function signature(verb: 'rsa-sig' | 'pk-sig', base64: string): Command<void> {
  const bytes = decodeBase64(base64)
  if (bytes === undefined || bytes.length < 8) throw bad('the signature is not base64, or too short for one')
  return new Command(verb, block(verb, foldBase64(base64)), SUCCESS)
}

/** Lines of 64 characters, the last one of up to 127: a short rest is no line of its own. */
function foldBase64(base64: string): string[] {
  const lines: string[] = []
  let from = 0
  while (base64.length - from >= 2 * BASE64_LINE) {
    lines.push(base64.slice(from, from + BASE64_LINE))
    from += BASE64_LINE
  }
  return [...lines, base64.slice(from)]
}

const PEM = /^-----BEGIN CERTIFICATE-----\n((?:[A-Za-z0-9+/]+=*\n)+)-----END CERTIFICATE-----\n?/

/**
 * Answers NEED-CERTIFICATE.
 * @param pem one or more certificates, with nothing between them
 * @throws ManagementError bad-command
 */
export function certificate(pem: string): Command<void> {
  const lines: string[] = []
  let rest = pem.replaceAll('\r\n', '\n')
  do {
    const [whole, body] = PEM.exec(rest) ?? []
    if (whole === undefined || body === undefined) throw bad('the certificate is no PEM')
    const base64 = body.replaceAll('\n', '')
    if (decodeBase64(base64) === undefined) throw bad('the certificate is no base64')
    lines.push('-----BEGIN CERTIFICATE-----', ...foldBase64(base64), '-----END CERTIFICATE-----')
    rest = rest.slice(whole.length)
  } while (rest !== '')
  return new Command('certificate', block('certificate', lines), SUCCESS)
}
