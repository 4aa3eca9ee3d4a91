import { isIP } from 'node:net'
import { isAbsolute, join } from 'node:path'
import { SECOND_SESSION, type SecondSession } from './domain/agent-feed.ts'
import { LAST_INSTANCE } from './domain/instance.ts'
import { KEY_TYPES, type KeyType } from './domain/key-type.ts'
import { planOf } from './domain/plan.ts'
import { type Prefix, parsePrefix } from './domain/prefix.ts'
import { Secret } from './domain/secret.ts'
import { HOME } from './home.ts'

/** Where clients connect to, and what server.conf listens on. */
export type Remote = { host: string; port: number; protocol: 'udp' | 'tcp' }

export type ApiAddress = { socket: string } | { url: string }

export function parsePath(text: string): string {
  return isAbsolute(text) ? text : join(HOME, text)
}

/** Of the sockets there the one with the longest name. */
const LONGEST_SOCKET = 'management-255.sock'

/** What a unix socket's path may be long, in bytes (unix(7): 108 with the zero at the end). */
const SOCKET_PATH_MAX = 107

/** It stands in OpenVPN's configuration, where nothing quotes a control character. */
export function parseRunFolder(text: string): string {
  const path = parsePath(text)
  if (/\p{C}/u.test(path)) throw new Error('must have no control character')
  const most = SOCKET_PATH_MAX - LONGEST_SOCKET.length - 1
  if (Buffer.byteLength(path) > most) throw new Error(`must have ${most} bytes at most, as it holds sockets`)
  return path
}

export function parseAddress(text: string): string {
  if (isIP(text) === 0) throw new Error('must be an IP address, such as 127.0.0.1 or ::1')
  return text
}

export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^[0-9]{1,9}$/.test(text) || value < least || value > most) {
      throw new Error(`must be a whole number from ${least} to ${most}`)
    }
    return value
  }
}

export function yesOrNo(text: string): boolean {
  if (text !== 'yes' && text !== 'no') throw new Error('must be yes or no')
  return text === 'yes'
}

export function parseToken(text: string): Secret {
  if (!/^[\x21-\x7e]{16,512}$/.test(text)) {
    throw new Error('must be 16 to 512 printable characters without a blank, such as `openssl rand -hex 32` prints')
  }
  return new Secret(text)
}

export function parseSitePrefix(text: string): Prefix {
  return planOf(parsePrefix(text)).site
}

export function parsePrefixes(text: string): Prefix[] {
  if (text === 'none') return []
  const prefixes = text.split(/[\s,]+/).filter(Boolean)
  if (prefixes.length === 0) throw new Error('must be networks such as 2000::/3, or "none"')
  return prefixes.map(parsePrefix)
}

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/

/** A name whose last part is all digits would be taken for an address (RFC 1123, section 2.1). */
function isHostName(text: string): boolean {
  return HOST_NAME.test(text) && !/(^|\.)[0-9]+$/.test(text)
}

/** An address with a zone means something on one machine only. */
function isAddress(text: string): boolean {
  return isIP(text) !== 0 && !text.includes('%')
}

export function parseRemote(text: string): Remote {
  const [host = '', port = '', protocol = '', ...rest] = text.trim().split(/\s+/)
  const number = Number(port)
  const isPort = /^[0-9]{1,5}$/.test(port) && number > 0 && number < 65_536
  if (rest.length > 0 || !isPort || (protocol !== 'udp' && protocol !== 'tcp')) {
    throw new Error('must be a host, a port and udp or tcp, such as "vpn.example.org 1194 udp"')
  }
  if (!isAddress(host) && !isHostName(host)) throw new Error('must begin with a lower-case host name or an address')
  return { host, port: number, protocol }
}

/** Clients compare the name to the letter [facts 2.3], and a common name holds 64 characters. */
export function parseServerName(text: string): string {
  if (text.length > 64 || !isHostName(text)) throw new Error('must be a lower-case host name of at most 64 characters')
  return text
}

export function parseKeyType(text: string): KeyType {
  const keyType = KEY_TYPES.find((known) => known === text)
  if (keyType === undefined) throw new Error(`must be one of ${KEY_TYPES.join(', ')}`)
  return keyType
}

/** IFNAMSIZ leaves 15 characters; what stands here goes into files that a shell loop reads. */
export function parseDevice(text: string): string {
  // OpenVPN takes "tun" for "the next free one", and a route needs to know which.
  const isAny = ['tun', 'tap', 'null'].includes(text)
  if (isAny || !/^[a-zA-Z][a-zA-Z0-9_-]{0,14}$/.test(text)) throw new Error('must be a device name such as tun0')
  return text
}

/** Instance k's tunnel is P:00kk::/64, so k is one byte. */
export function parseInstances(text: string): number[] {
  const words = text.split(/[\s,]+/).filter(Boolean)
  const numbers = words.map(Number)
  const isRight = words.every((word) => /^[0-9]{1,3}$/.test(word)) && numbers.every((number) => number <= LAST_INSTANCE)
  if (words.length === 0 || !isRight || new Set(numbers).size < numbers.length) {
    throw new Error(`must be different whole numbers from 0 to ${LAST_INSTANCE}, such as "0 1"`)
  }
  return numbers
}

export function parseHostName(text: string): string {
  if (!isHostName(text)) throw new Error('must be a lower-case host name, such as vpn1.example.org')
  return text
}

export function parseSecondSession(text: string): SecondSession {
  const choice = SECOND_SESSION.find((known) => known === text)
  if (choice === undefined) throw new Error(`must be ${SECOND_SESSION.join(' or ')}`)
  return choice
}

const LOOPBACK_HOST = /^(127(\.[0-9]{1,3}){3}|\[::1\]|localhost)$/

export function parseApi(text: string): ApiAddress {
  if (/^unix:./.test(text)) return { socket: parsePath(text.slice('unix:'.length)) }
  const url = URL.canParse(text) ? new URL(text) : undefined
  // A token must not cross a network in the clear.
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK_HOST.test(url.hostname))
  if (!isSafe) throw new Error('must be unix:<path>, https://…, or http:// of a loopback address')
  return { url: text }
}

export function parseLogLevel(text: string): string {
  if (!['trace', 'debug', 'info', 'warn', 'error', 'silent'].includes(text)) {
    throw new Error('must be trace, debug, info, warn, error or silent')
  }
  return text
}
