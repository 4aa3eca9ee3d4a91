import { orUndefined, parseCount } from '../messages/fields.ts'
import { badStatus, type ServerStatus, type StatusClient, type StatusRoute } from './status-records.ts'

/** What OpenVPN prints for a name it has not. */
const NONE = 'UNDEF'

const COMMON_NAME = 'Common Name'

/** A row, read by the names of the columns: versions add some. */
class Row {
  readonly #fields = new Map<string, string>()
  readonly #line: string

  /** With commas between columns a name may have some too: what is too much is the name's. */
  constructor(columns: readonly string[] = [], fields: readonly string[], separator: string) {
    this.#line = fields.join(separator)
    const surplus = fields.length - columns.length
    const at = columns.indexOf(COMMON_NAME)
    if (surplus < 0 || at === -1 || (surplus > 0 && separator === '\t')) throw badStatus(this.#line)
    const whole = [
      ...fields.slice(0, at),
      fields.slice(at, at + surplus + 1).join(separator),
      ...fields.slice(at + surplus + 1),
    ]
    for (const [index, name] of columns.entries()) this.#fields.set(name, whole[index] ?? '')
  }

  text(name: string): string {
    const field = this.#fields.get(name)
    if (field === undefined) throw badStatus(this.#line)
    return field
  }

  count(name: string): number {
    return countOf(this.text(name))
  }
}

/** Formats 2 and 3: the same words with commas or with tabs between. Each line says in its first word what it is. */
export function readStatus23(format: 2 | 3, separator: string, lines: readonly string[]): ServerStatus {
  const heads = new Map<string, readonly string[]>()
  const stats = new Map<string, number>()
  const status: ServerStatus = { kind: 'server', format, title: '', time: 0, clients: [], routes: [], stats }
  const readers: Record<string, (fields: string[]) => unknown> = {
    TITLE: (fields) => {
      status.title = fields.join(separator)
    },
    TIME: ([, seconds]) => {
      status.time = countOf(seconds)
    },
    HEADER: ([kind = '', ...columns]) => heads.set(kind, columns),
    GLOBAL_STATS: ([name = '', number]) => stats.set(name, countOf(number)),
    CLIENT_LIST: (fields) => status.clients.push(readClient(new Row(heads.get('CLIENT_LIST'), fields, separator))),
    ROUTING_TABLE: (fields) => status.routes.push(readRoute(new Row(heads.get('ROUTING_TABLE'), fields, separator))),
  }
  for (const line of lines) {
    const [kind = '', ...fields] = line.split(separator)
    const read = Object.hasOwn(readers, kind) ? readers[kind] : undefined
    if (read === undefined) throw badStatus(line)
    read(fields)
  }
  return status
}

function countOf(text: string | undefined): number {
  const value = parseCount(text)
  if (value === undefined) throw badStatus(text ?? '')
  return value
}

function readClient(row: Row): StatusClient {
  const virtualAddress = orUndefined(row.text('Virtual Address'))
  const virtualIpv6Address = orUndefined(row.text('Virtual IPv6 Address'))
  const username = row.text('Username')
  return {
    commonName: row.text(COMMON_NAME),
    realAddress: row.text('Real Address'),
    virtualAddress,
    virtualIpv6Address,
    bytesReceived: row.count('Bytes Received'),
    bytesSent: row.count('Bytes Sent'),
    connectedSince: row.count('Connected Since (time_t)'),
    username: username === NONE ? undefined : username,
    cid: row.count('Client ID'),
    peerId: row.count('Peer ID'),
    cipher: row.text('Data Channel Cipher'),
    pending: virtualAddress === undefined && virtualIpv6Address === undefined,
  }
}

function readRoute(row: Row): StatusRoute {
  return {
    virtualAddress: row.text('Virtual Address'),
    commonName: row.text(COMMON_NAME),
    realAddress: row.text('Real Address'),
    lastRefText: row.text('Last Ref'),
    lastRef: row.count('Last Ref (time_t)'),
  }
}
