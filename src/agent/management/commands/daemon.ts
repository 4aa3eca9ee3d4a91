import { Command, plain } from '../command.ts'
import { count, oneOf } from '../quote.ts'
import { keepLines } from '../replies/records.ts'
import { readStatus } from '../replies/status.ts'
import type { ClientStatus, ServerStatus, ServerStatus1 } from '../replies/status-records.ts'
import { type LoadStats, readHold, readLoadStats, readNumber, readVersion, type Version } from '../replies/values.ts'

/** The process id of OpenVPN. */
export function pid(): Command<number> {
  return new Command('pid', ['pid'], { kind: 'success', parse: readNumber('pid') })
}

export function version(): Command<Version> {
  return new Command('version', ['version'], { kind: 'block', parse: readVersion })
}

/**
 * Tells which version of the interface we know: from 2 on OpenVPN asks PK_SIGN, from 3 on with the algorithm. 2.6.14
 * answers nothing.
 */
export function announceVersion(known: number): Command<void> {
  const lines = [`version ${count('the version', known, 99)}`]
  return new Command<void>('version', lines, { kind: 'silence', reply: undefined })
}

/** The commands that there are, as OpenVPN prints them. */
export function help(): Command<readonly string[]> {
  return new Command('help', ['help'], { kind: 'block', parse: keepLines })
}

/** The status of a server: 1 has no client ids, 2 and 3 say the same, and in 3 no name can be misread. */
export function status(format: 1): Command<ServerStatus1 | ClientStatus>
export function status(format: 2 | 3): Command<ServerStatus | ClientStatus>
export function status(format: 1 | 2 | 3): Command<ServerStatus | ServerStatus1 | ClientStatus> {
  const lines = [`status ${oneOf('the format', [1, 2, 3].map(String), String(format))}`]
  return new Command('status', lines, { kind: 'block', parse: readStatus })
}

export function loadStats(): Command<LoadStats> {
  return new Command('load-stats', ['load-stats'], { kind: 'success', parse: readLoadStats })
}

const SIGNALS = ['SIGHUP', 'SIGTERM', 'SIGUSR1', 'SIGUSR2'] as const

/** SIGUSR1 and SIGHUP keep this connection, and start the client ids at 0 again. */
export function signal(name: (typeof SIGNALS)[number]): Command<void> {
  return plain('signal', oneOf('the signal', SIGNALS, name))
}

/** Whether OpenVPN waits for `hold release` at its next start. */
export function hold(): Command<boolean> {
  return new Command('hold', ['hold'], { kind: 'success', parse: readHold })
}

const HOLD_ACTIONS = ['on', 'off', 'release'] as const

export function setHold(action: (typeof HOLD_ACTIONS)[number]): Command<void> {
  return plain('hold', oneOf('the action', HOLD_ACTIONS, action))
}

/** Has OpenVPN tell of traffic every so many seconds; 0 ends it. */
export function bytecount(seconds: number): Command<void> {
  return plain('bytecount', count('the interval', seconds, 2 ** 31 - 1))
}

export function verb(): Command<number> {
  return new Command('verb', ['verb'], { kind: 'success', parse: readNumber('verb') })
}

export function setVerb(level: number): Command<void> {
  return plain('verb', count('the level', level, 15))
}

export function mute(): Command<number> {
  return new Command('mute', ['mute'], { kind: 'success', parse: readNumber('mute') })
}

export function setMute(repetitions: number): Command<void> {
  return plain('mute', count('the number', repetitions, 2 ** 31 - 1))
}

/**
 * Sets what of the environment CLIENT notifications tell, and answers it: 0 all, 1 and 2 about half, without
 * common_name, 3 IV_ alone. Without a level OpenVPN would set 0, so that it cannot be asked.
 */
export function envFilter(level: number): Command<number> {
  const lines = [`env-filter ${count('the level', level, 2 ** 31 - 1)}`]
  return new Command('env-filter', lines, { kind: 'success', parse: readNumber('env_filter_level') })
}

/** Network adapters and routes; on Windows alone. */
export function net(): Command<readonly string[]> {
  return new Command('net', ['net'], { kind: 'block', parse: keepLines })
}

/** Has OpenVPN print so many lines; nothing stands at their end. */
export function test(lines: number): Command<readonly string[]> {
  const wanted = Number(count('the number of lines', lines, 100_000))
  if (wanted === 0) return new Command('test', ['test 0'], { kind: 'silence', reply: [] })
  return new Command('test', [`test ${wanted}`], { kind: 'lines', count: wanted, parse: keepLines })
}

/** Ends the connection, so that another client may have the interface. */
export function exit(): Command<void> {
  return new Command<void>('exit', ['exit'], { kind: 'close', reply: undefined })
}

export function quit(): Command<void> {
  return new Command<void>('quit', ['quit'], { kind: 'close', reply: undefined })
}
