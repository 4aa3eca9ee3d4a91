import { understood } from '../command.ts'
import { parseCount, splitFields } from '../messages/fields.ts'

export type RemoteEntry = { index: number; host: string; port: number; protocol: string; enabled: boolean }

/** Reads every line of an answer with what reads the same line as a real-time message. */
export function readEach<Value>(parse: (line: string) => Value | undefined): (lines: readonly string[]) => Value[] {
  return (lines) => lines.map((line) => understood(parse(line), line))
}

export function keepLines(lines: readonly string[]): readonly string[] {
  return lines
}

/** `1,vpn.example.com,1194,udp,enabled` */
export function parseRemoteEntry(line: string): RemoteEntry | undefined {
  const [first, host, second, protocol, status] = splitFields(line, 5)
  const [index, port] = [parseCount(first), parseCount(second)]
  if (index === undefined || host === undefined || port === undefined || protocol === undefined) return undefined
  if (status !== 'enabled' && status !== 'disabled') return undefined
  return { index, host, port, protocol, enabled: status === 'enabled' }
}

/** The one line of `remote-entry-count`. */
export function readOnlyCount(lines: readonly string[]): number {
  return understood(lines.length === 1 ? parseCount(lines[0]) : undefined, lines.join('\n'))
}

/** The one line of `state`. */
export function readOnly<Value>(parse: (line: string) => Value | undefined): (lines: readonly string[]) => Value {
  return (lines) => understood(lines.length === 1 ? parse(lines[0] ?? '') : undefined, lines.join('\n'))
}
