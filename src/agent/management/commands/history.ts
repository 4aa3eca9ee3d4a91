import { Command, plain } from '../command.ts'
import type { EchoRecord, LogRecord, StateRecord } from '../events.ts'
import { parseEchoRecord, parseLogRecord } from '../messages/log.ts'
import { parseStateRecord } from '../messages/state.ts'
import { count } from '../quote.ts'
import { readEach, readOnly } from '../replies/records.ts'

/** How much of what OpenVPN keeps: the last so many, or all. */
export type HowMany = number | 'all'

type Verb = 'log' | 'state' | 'echo'

function realTime(verb: Verb, on: boolean): Command<void> {
  return plain(verb, on ? 'on' : 'off')
}

function history<Value>(verb: Verb, many: HowMany, parse: (line: string) => Value | undefined): Command<Value[]> {
  return new Command(verb, [`${verb} ${howMany(many)}`], { kind: 'block', parse: readEach(parse) })
}

/** Both at once: nothing is missing and nothing told twice between the history and what follows. */
function realTimeAndHistory<Value>(verb: Verb, many: HowMany, parse: (line: string) => Value | undefined) {
  const lines = [`${verb} on ${howMany(many)}`]
  return new Command<Value[]>(verb, lines, { kind: 'success-block', parse: readEach(parse) })
}

function howMany(many: HowMany): string {
  return many === 'all' ? many : count('the number of lines', many, 2 ** 31 - 1)
}

/** Turns LOG messages on or off. */
export function realTimeLog(on: boolean): Command<void> {
  return realTime('log', on)
}

/** As many lines as `--management-log-cache` keeps. */
export function logHistory(many: HowMany): Command<LogRecord[]> {
  return history('log', many, parseLogRecord)
}

export function realTimeLogAndHistory(many: HowMany): Command<LogRecord[]> {
  return realTimeAndHistory('log', many, parseLogRecord)
}

/** The present state. */
export function state(): Command<StateRecord> {
  return new Command('state', ['state'], { kind: 'block', parse: readOnly(parseStateRecord) })
}

/** Turns STATE messages on or off. */
export function realTimeState(on: boolean): Command<void> {
  return realTime('state', on)
}

export function stateHistory(many: HowMany): Command<StateRecord[]> {
  return history('state', many, parseStateRecord)
}

export function realTimeStateAndHistory(many: HowMany): Command<StateRecord[]> {
  return realTimeAndHistory('state', many, parseStateRecord)
}

/** Turns ECHO messages on or off. */
export function realTimeEcho(on: boolean): Command<void> {
  return realTime('echo', on)
}

export function echoHistory(many: HowMany): Command<EchoRecord[]> {
  return history('echo', many, parseEchoRecord)
}

export function realTimeEchoAndHistory(many: HowMany): Command<EchoRecord[]> {
  return realTimeAndHistory('echo', many, parseEchoRecord)
}
