import { Command, plain } from '../command.ts'
import type { ManagementEvent } from '../events.ts'
import { bad, count, oneOf, quote } from '../quote.ts'
import { parseRemoteEntry, type RemoteEntry, readEach, readOnlyCount } from '../replies/records.ts'

/** Answers REMOTE: as it is, another, or the next one of the configuration (or so many further). */
export type RemoteChoice =
  | { action: 'ACCEPT' }
  | { action: 'MOD'; host: string; port: number }
  | { action: 'SKIP'; count?: number }

export function remote(choice: RemoteChoice): Command<void> {
  if (choice.action === 'MOD') {
    return plain('remote', 'MOD', quote('the host', choice.host), count('the port', choice.port, 65_535))
  }
  if (choice.action === 'SKIP' && choice.count !== undefined) {
    return plain('remote', 'SKIP', count('the number', choice.count, 65_535))
  }
  return plain('remote', oneOf('the action', ['ACCEPT', 'SKIP'], choice.action))
}

/** How many remotes the configuration of a client has. */
export function remoteEntryCount(): Command<number> {
  return new Command('remote-entry-count', ['remote-entry-count'], { kind: 'block', parse: readOnlyCount })
}

/** One remote, those from `start` to before `end`, or all. Indices begin at 0. */
export function remoteEntryGet(start: number | 'all', end?: number): Command<RemoteEntry[]> {
  const words = start === 'all' ? ['all'] : [count('the index', start, 2 ** 31 - 1)]
  if (end !== undefined) words.push(count('the end', end, 2 ** 31 - 1))
  const parse = readEach(parseRemoteEntry)
  return new Command('remote-entry-get', [['remote-entry-get', ...words].join(' ')], { kind: 'block', parse })
}

/** Answers PROXY. `onlyHashedAuth`: a name and password are not sent to it in clear text (`nct`). */
export type ProxyChoice =
  | { type: 'NONE' }
  | { type: 'HTTP'; host: string; port: number; onlyHashedAuth?: boolean }
  | { type: 'SOCKS'; host: string; port: number }

export function proxy(choice: ProxyChoice): Command<void> {
  const type = oneOf('the type', ['NONE', 'HTTP', 'SOCKS'], choice.type)
  if (choice.type === 'NONE') return plain('proxy', type)
  const flags = choice.type === 'HTTP' && choice.onlyHashedAuth === true ? ['nct'] : []
  return plain('proxy', type, quote('the host', choice.host), count('the port', choice.port, 65_535), ...flags)
}

export function pkcs11IdCount(): Command<number> {
  const parse = (event: ManagementEvent) => {
    if (event.type !== 'PKCS11ID-COUNT') throw bad('this is no count')
    return event.count
  }
  return new Command('pkcs11-id-count', ['pkcs11-id-count'], { kind: 'event', type: 'PKCS11ID-COUNT', parse })
}

/** An identity of a token, or undefined where there is none of this index. */
export function pkcs11IdGet(index: number): Command<{ id: string; blobBase64: string } | undefined> {
  const parse = (event: ManagementEvent) => {
    if (event.type !== 'PKCS11ID-ENTRY') throw bad('this is no entry')
    return event.entry
  }
  const lines = [`pkcs11-id-get ${count('the index', index, 2 ** 31 - 1)}`]
  return new Command('pkcs11-id-get', lines, { kind: 'event', type: 'PKCS11ID-ENTRY', parse })
}
