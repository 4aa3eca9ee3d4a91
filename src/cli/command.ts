import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import type { ApiClient } from './api-client.ts'
import { printable } from './printable.ts'
import type { ProgressTarget } from './progress.ts'
import { WrongUsage } from './wrong-usage.ts'

/** An option of a command: a switch, or one that takes a value, which `value` names in the help. */
export type Option = { meaning: string; value?: string; choices?: readonly string[]; isNeeded?: true }

/** Everything that help, completion and the parser know of a command. */
export type Shape = {
  words: readonly string[]
  /** Names of what follows; one that ends in "?" may be missing. */
  operands: readonly string[]
  meaning: string
  options: Readonly<Record<string, Option>>
  /** The API's fields that come from an option or operand of another name. */
  fields?: Readonly<Record<string, string>>
  /** Each is a whole line that can be typed. */
  examples: readonly string[]
  /** What its exit code says, where that is not what everybody's says. */
  exit?: string
}

/** What was typed behind a command's words. */
export type Arguments = {
  /** As many as the command's `operands` name. */
  operands: readonly string[]
  values: Readonly<Record<string, string | undefined>>
  switches: ReadonlySet<string>
}

/** What a command is given. */
export type Call = Arguments & {
  api: ApiClient
  print: (text: string) => void
  /** Says something beside the output. */
  complain: (words: string) => void
  progress: ProgressTarget
}

/** A command that asks the service. */
export type Command = Shape & { run: (call: Call) => Promise<void> }

export const JSON_OPTION: Option = { meaning: 'print JSON, as the API answers it, for scripts' }

/**
 * The arguments behind a command's words.
 * @throws WrongUsage
 */
export function parseArguments(shape: Shape, args: readonly string[]): Arguments {
  const { values, positionals } = parse(shape, args)
  // A call for help needs nothing else to be right.
  if (values.help === true) return { operands: shape.operands, values: {}, switches: new Set(['help']) }
  checkOperands(shape, positionals)
  const entries = Object.entries(values)
  for (const [name, value] of entries) checkValue(shape, name, value)
  const missing = Object.keys(shape.options).find((name) => shape.options[name]?.isNeeded && values[name] === undefined)
  if (missing !== undefined) throw wrong(shape, `needs --${missing}`)
  return {
    operands: positionals,
    values: Object.fromEntries(entries.filter(([, value]) => typeof value === 'string')) as Arguments['values'],
    switches: new Set(entries.filter(([, value]) => value === true).map(([name]) => name)),
  }
}

/** The operands as a usage line shows them: <name>, or [name] when it may be missing. */
export function describeOperands({ operands }: Shape): string {
  return operands.map((name) => (name.endsWith('?') ? `[${name.slice(0, -1)}]` : `<${name}>`)).join(' ')
}

/** A fault of a call, with the command's name before it and the way to its help behind. */
export function wrong({ words }: Pick<Shape, 'words'>, fault: string): WrongUsage {
  return new WrongUsage(`${words.join(' ')} ${fault}; see vpnunit ${words.join(' ')} --help`)
}

function parse(shape: Shape, args: readonly string[]) {
  const options: ParseArgsOptionsConfig = { help: { type: 'boolean', short: 'h' } }
  for (const [name, option] of Object.entries(shape.options)) {
    options[name] = { type: option.value === undefined ? 'boolean' : 'string' }
  }
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true })
  } catch (error) {
    // The first sentence says what is wrong; the others are advice for programs with other options.
    const [sentence = ''] = error instanceof Error ? error.message.split(/\.\s/) : []
    throw wrong(shape, `is called wrong: ${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`)
  }
}

function checkOperands(shape: Shape, positionals: readonly string[]): void {
  const needed = shape.operands.filter((name) => !name.endsWith('?')).length
  if (positionals.length >= needed && positionals.length <= shape.operands.length) return
  const given = positionals.length === 0 ? 'none' : `${positionals.map((word) => `"${word}"`).join(' ')}`
  throw wrong(shape, `takes ${describeOperands(shape) || 'no name'}, and was given ${given}`)
}

function checkValue(shape: Shape, name: string, value: unknown): void {
  const { choices, value: kind } = shape.options[name] ?? {}
  if (kind === 'file' && value === '') throw wrong(shape, `needs the name of a file for --${name}`)
  if (choices !== undefined && !choices.includes(String(value))) {
    throw wrong(shape, `takes one of ${choices.join(', ')} for --${name}, not "${String(value)}"`)
  }
}

/** A whole number in an option, as the API wants it. */
export function numberIn(call: Arguments, name: string): number | undefined {
  const text = call.values[name]
  if (text === undefined) return undefined
  if (!/^[0-9]{1,9}$/.test(text)) throw new WrongUsage(`--${name} must be a whole number, not "${text}"`)
  return Number(text)
}

/** A time in an option, as the API wants it. A day begins at midnight, UTC. */
export function timeIn(call: Arguments, name: string): string | undefined {
  const text = call.values[name]
  if (text === undefined) return undefined
  const [, day, time] = /^(\d{4}-\d\d-\d\d)([Tt ].+)?$/.exec(text) ?? []
  if (day === undefined) {
    const right = 'a day such as 2027-01-31 or a time such as 2027-01-31T00:00:00Z'
    throw new WrongUsage(`--${name} must be ${right}, not "${text}"`)
  }
  return time === undefined ? `${day}T00:00:00Z` : text
}

/** Prints an answer as JSON where that was asked for, and as `text` says otherwise. */
export function show<T>(call: Pick<Call, 'switches' | 'print'>, answer: T, text: (answer: T) => string): void {
  call.print(call.switches.has('json') ? `${printable(JSON.stringify(answer))}\n` : text(answer))
}
