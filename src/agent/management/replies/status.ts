import { readStatus1 } from './status-1.ts'
import { readStatus23 } from './status-2-3.ts'
import { badStatus, type ClientStatus, readStat, type ServerStatus, type ServerStatus1 } from './status-records.ts'

const UPDATED = 'Updated,'

/**
 * The answer to `status`, by its own first line: a client answers in a format of its own whatever it is asked.
 * @throws ManagementError bad-reply
 */
export function readStatus(lines: readonly string[]): ServerStatus | ServerStatus1 | ClientStatus {
  const [first = ''] = lines
  if (first === 'OpenVPN STATISTICS') return readClientStatus(lines.slice(1))
  if (first === 'OpenVPN CLIENT LIST') return readStatus1(lines.slice(1))
  if (first.startsWith('TITLE,')) return readStatus23(2, ',', lines)
  if (first.startsWith('TITLE\t')) return readStatus23(3, '\t', lines)
  throw badStatus(first)
}

function readClientStatus([updated = '', ...lines]: readonly string[]): ClientStatus {
  if (!updated.startsWith(UPDATED)) throw badStatus(updated)
  return { kind: 'client', updatedText: updated.slice(UPDATED.length), stats: new Map(lines.map(readStat)) }
}
