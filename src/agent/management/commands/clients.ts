import { block, Command, plain, SUCCESS } from '../command.ts'
import { bad, checkText, count, MAX_OPTION_BYTES, quote } from '../quote.ts'

const MAX_KID = 2 ** 32 - 1

/** Which answer of a client is decided: its client id, and the id of the key it asked with. */
export type ClientKey = { cid: number; kid: number }

function words({ cid, kid }: ClientKey): string[] {
  return [count('the client id', cid), count('the key id', kid, MAX_KID)]
}

/**
 * Lets a client in, with lines of configuration as `--client-connect` would give. OpenVPN answers SUCCESS also when it
 * does not understand a line: that stands in its log alone.
 * @throws ManagementError bad-command; a line has at most 255 bytes, because OpenVPN takes the rest for a line of its own
 */
export function clientAuth(key: ClientKey, config: readonly string[]): Command<void> {
  for (const line of config) checkText('a line of configuration', line, MAX_OPTION_BYTES)
  return new Command('client-auth', block(['client-auth', ...words(key)].join(' '), config), SUCCESS)
}

/** Lets a client in, or go on, without any configuration. */
export function clientAuthNt(key: ClientKey): Command<void> {
  return plain('client-auth-nt', ...words(key))
}

/**
 * Refuses a client. On a renegotiation this invalidates the new key alone: the session goes on.
 * @param reason for OpenVPN's log
 * @param clientReason sent to the client: a text, `TEMP[backoff 3]:…`, or a dynamic challenge
 */
export function clientDeny(key: ClientKey, reason: string, clientReason?: string): Command<void> {
  const told = clientReason === undefined ? [] : [quote('the reason for the client', clientReason)]
  return plain('client-deny', ...words(key), quote('the reason', reason), ...told)
}

/** What a client is told when its session is ended: HALT ends it for good, RESTART,[N] sends it to its next remote. */
export type KillMessage = 'RESTART' | 'RESTART,[N]' | 'HALT' | (string & {})

/** Ends a session. The client may come back; `RESTART` is what OpenVPN says when nothing is given. */
export function clientKill(cid: number, message?: KillMessage): Command<void> {
  const told = message === undefined ? [] : [quote('the message', message)]
  return plain('client-kill', count('the client id', cid), ...told)
}

/**
 * Asks a client for more before it is let in: `encodeTextChallenge`, `WEB_AUTH:flags:url`.
 * @param timeoutSeconds what the client is told; OpenVPN limits it to half of reneg-sec and to hand-window
 */
export function clientPendingAuth(key: ClientKey, extra: string, timeoutSeconds: number): Command<void> {
  const limit = count('the time limit', timeoutSeconds, MAX_KID)
  return plain('client-pending-auth', ...words(key), quote('what is asked', extra), limit)
}

/**
 * The packet filter of a client, which 2.6 has no more: the answer is the error `removed`. That version takes each line
 * of the block for a command, so they must be such that it cannot carry out one.
 */
export function clientPf(cid: number, filter: readonly string[]): Command<void> {
  const stray = filter.find((line) => !/^[[+-]/.test(line))
  if (stray !== undefined) throw bad('a line of a packet filter begins with [, + or -')
  return new Command('client-pf', block(`client-pf ${count('the client id', cid)}`, filter), SUCCESS)
}

/** OpenVPN looks at the first 127 bytes alone (man_kill). */
const MAX_KILL_BYTES = 127

/** Ends the sessions of everybody with a common name, at once and without telling them. */
export function killCommonName(commonName: string): Command<void> {
  if (commonName.includes(':')) throw bad('a common name with a colon is an address for OpenVPN: use client-kill')
  checkText('the common name', commonName, MAX_KILL_BYTES)
  return plain('kill', quote('the common name', commonName))
}

/** Ends the session from an IPv4 address and port: OpenVPN 2.6 reads no other here. */
export function killAddress(address: string, port: number): Command<void> {
  if (!/^[\d.]{7,15}$/.test(address)) throw bad('the address is not one of IPv4')
  return plain('kill', `${address}:${count('the port', port, 65_535)}`)
}
