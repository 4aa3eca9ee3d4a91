import { describeOperands, type Option, type Shape } from './command.ts'

/** What the shell is told by every command that asks the service. */
export const EXIT_CODES = '0 done, 1 refused, 2 wrong usage or settings, 3 the service can’t be reached'

const HELP: Option = { meaning: 'print this' }

/** The help of one command: what it does, how it is called, by example. */
export function helpOf(shape: Shape): string {
  const name = shape.words.join(' ')
  const options = Object.entries(shape.options)
  const needed = options.flatMap(([option, about]) => (about.isNeeded ? [usageOf(option, about)] : []))
  const usage = ['vpnunit', name, describeOperands(shape), ...needed, '[options]'].filter(Boolean).join(' ')
  return [
    `${name}: ${shape.meaning}\n`,
    `\nusage: ${usage}\n`,
    `\noptions:\n${inColumns([...options, ['help', HELP] as const].map(([option, about]) => describe(option, about)))}`,
    `\nexamples:\n${shape.examples.map((example) => `  ${example}\n`).join('')}`,
    `\nexit code: ${shape.exit ?? EXIT_CODES}\n`,
  ].join('')
}

function usageOf(name: string, { value }: Option): string {
  return value === undefined ? `--${name}` : `--${name} <${value}>`
}

function describe(name: string, option: Option): string[] {
  const { meaning, choices } = option
  return [usageOf(name, option), choices === undefined ? meaning : `${meaning}: ${choices.join(', ')}`]
}

/** The help of several commands that begin with the same word. */
export function helpOfGroup(word: string, shapes: readonly Shape[]): string {
  const [first] = shapes
  return `usage: vpnunit ${word} <what>\n\n${listCommands(shapes)}\nEach explains itself: vpnunit ${first?.words.join(' ')} --help\n`
}

/** A line for each command. */
export function listCommands(shapes: readonly Shape[]): string {
  return inColumns(shapes.map((shape) => [`${shape.words.join(' ')} ${describeOperands(shape)}`.trim(), shape.meaning]))
}

function inColumns(lines: readonly (readonly string[])[]): string {
  const width = Math.max(...lines.map(([left = '']) => left.length))
  return lines.map(([left = '', right = '']) => `  ${left.padEnd(width)}  ${right}\n`).join('')
}

/** The help of the whole program. */
export function helpOfAll(verbs: readonly Shape[], commands: readonly Shape[]): string {
  return [
    'vpnunit: the control plane of an IPv6 VPN\n',
    `\nusage: vpnunit <verb>\n\n${listCommands(verbs)}`,
    `\nof a running service, over its socket (or VPNUNIT_API):\n\n${listCommands(commands)}`,
    '\nEach explains itself, by example: vpnunit gateway add --help\n',
    `\nexit code: ${EXIT_CODES}\n`,
    'Settings are environment variables that begin with VPNUNIT_, or lines of the file .env: vpnunit settings\n',
  ].join('')
}
