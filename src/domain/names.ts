import { Problem } from './problem.ts'

declare const brand: unique symbol

/** A gateway's name: safe as file name, common name, DNS name and word of an OpenVPN configuration. */
export type Fqdn = string & { readonly [brand]: 'Fqdn' }

/** A member's nickname. */
export type UserName = string & { readonly [brand]: 'UserName' }

/** What a group of users and gateways is called. */
export type GroupName = string & { readonly [brand]: 'GroupName' }

/** What a token is called. */
export type TokenName = string & { readonly [brand]: 'TokenName' }

/** ub-common-name of RFC 5280, appendix A.1: OpenVPN refuses a certificate whose common name is longer. */
const COMMON_NAME_MAX = 64

/** RFC 1123, section 2.1: letters, digits and hyphens, a hyphen neither first nor last, at most 63 in a label. */
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

const USER_NAME = /^[a-z][a-z0-9-]{0,31}$/

const TOKEN_NAME = /^[a-z][a-z0-9-]{0,63}$/

/** Control and format characters, line and paragraph separators, and what is no character at all. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu

/** A caller's text as it may be repeated in a sentence: on one line, nothing hidden in it, and never long. */
export function quote(text: string): string {
  const short = JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text)
  return short.replaceAll(UNSEEN, (unseen) => `\\u{${unseen.codePointAt(0)?.toString(16)}}`)
}

/**
 * The only door through which a gateway's name enters.
 * @throws Problem bad-name, saying which rule of RFC 1123 (or which limit) the text breaks
 */
export function parseFqdn(text: string): Fqdn {
  const fault = faultOfFqdn(text)
  if (fault !== undefined) throw new Problem('bad-name', `${quote(text)} is not a gateway name: ${fault}`)
  return text as Fqdn
}

function faultOfFqdn(text: string): string | undefined {
  if (text.length > COMMON_NAME_MAX) {
    return `it has ${text.length} characters, and a certificate's common name holds at most ${COMMON_NAME_MAX}`
  }
  if (text !== text.toLowerCase()) return 'write it in lower case'
  if (text.endsWith('.')) return 'leave the dot at the end away'
  const labels = text.split('.')
  if (labels.length < 2) return 'it needs a domain, as in gw.example.org'
  const bad = labels.find((label) => !LABEL.test(label))
  if (bad !== undefined) {
    return `each part between dots is 1 to 63 of a-z, 0-9 and "-", with no "-" at its ends; ${quote(bad)} is not`
  }
  // RFC 1123, section 2.1: a top-level label of digits alone would make the name look like an IPv4 address.
  return /^[0-9]+$/.test(labels.at(-1) ?? '') ? 'its last part must not be all digits' : undefined
}

/**
 * The only door through which a user's name enters.
 * @throws Problem bad-name
 */
export function parseUserName(text: string): UserName {
  return parseShortName(text, 'user') as UserName
}

/**
 * The only door through which a group's name enters.
 * @throws Problem bad-name
 */
export function parseGroupName(text: string): GroupName {
  return parseShortName(text, 'group') as GroupName
}

function parseShortName(text: string, what: string): string {
  if (USER_NAME.test(text)) return text
  throw new Problem(
    'bad-name',
    `${quote(text)} is not a ${what} name: it begins with a-z and goes on with a-z, 0-9 and "-", 32 characters at most`,
  )
}

/**
 * The only door through which a token's name enters.
 * @throws Problem bad-name
 */
export function parseTokenName(text: string): TokenName {
  if (!TOKEN_NAME.test(text)) {
    throw new Problem(
      'bad-name',
      `${quote(text)} is not a token's name: it begins with a-z and goes on with a-z, 0-9 and "-", 64 characters at most`,
    )
  }
  return text as TokenName
}
