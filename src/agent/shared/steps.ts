import { HISTORIES, historySteps, type Step, say } from './history-steps.ts'
import { killSteps } from './kill-steps.ts'

export type { Step } from './history-steps.ts'

const UNKNOWN = "ERROR: unknown command, enter 'help' for more options"

/** What changes something, or is an answer to OpenVPN: the agent's alone. */
const NOT_OFFERED = new Set(
  `auth-retry certificate client-auth client-auth-nt client-deny client-pending-auth client-pf cr-response
  forget-passwords needok needstr password pk-sig pkcs11-id-count pkcs11-id-get proxy remote remote-entry-count
  remote-entry-get rsa-sig signal username`.split(/\s+/),
)

/** Commands whose lines go on until END: those are no commands. */
const BLOCKS = new Set(['client-auth', 'client-pf', 'rsa-sig', 'pk-sig', 'certificate'])

/** Lines of `test`: seventy bytes each, made here, so that OpenVPN has nothing to do with it. */
const MAX_TEST_LINES = 10_000

export function isBlock(verb: string | undefined): boolean {
  return verb !== undefined && BLOCKS.has(verb)
}

export type Policy = { isKillAllowed: boolean }

/** What is to be done about a command of a client, one after the other. Pure. */
export function stepsOf(words: readonly string[], policy: Policy): Step[] {
  const [verb, ...rest] = words
  if (verb === undefined) return []
  if (verb === 'kill' || verb === 'client-kill') return killSteps(verb, rest, policy.isKillAllowed)
  if (NOT_OFFERED.has(verb)) return notOffered(verb)
  if (HISTORIES.has(verb)) return historySteps(verb, rest)
  return (READING.get(verb) ?? (() => say(UNKNOWN)))(rest)
}

function notOffered(verb: string): Step[] {
  return say(`ERROR: command '${verb}' is not offered on a shared socket`)
}

const ask = (line: string, shape: 'success' | 'block'): Step[] => [{ kind: 'ask', line, shape, isShared: true }]

/** It reads without a value and sets with one. */
function readOnly(verb: string): [string, (rest: readonly string[]) => Step[]] {
  return [verb, ([value]) => (value === undefined ? ask(verb, 'success') : notOffered(verb))]
}

/** As C's atoi: what is no number is 0. */
const numberOf = (text: string | undefined) => Number.parseInt(text ?? '', 10) || 0

const READING = new Map<string, (rest: readonly string[]) => Step[]>([
  ['help', () => ask('help', 'block')],
  // Which version the client knows matters for signatures alone. 2.6 answers nothing to it.
  ['version', ([known]) => (known === undefined ? ask('version', 'block') : [])],
  ['pid', () => ask('pid', 'success')],
  ['load-stats', () => ask('load-stats', 'success')],
  ['net', () => ask('net', 'block')],
  ['status', statusSteps],
  ['bytecount', bytecountSteps],
  ['test', testSteps],
  ['env-filter', ([level]) => (numberOf(level) === 0 ? say('SUCCESS: env_filter_level=0') : notOffered('env-filter'))],
  ['exit', () => [{ kind: 'end' }]],
  ['quit', () => [{ kind: 'end' }]],
  readOnly('verb'),
  readOnly('mute'),
  readOnly('hold'),
])

function statusSteps([format]: readonly string[]): Step[] {
  const version = numberOf(format)
  if (version < 0 || version > 3) return say('ERROR: bad status format version number')
  return ask(version === 0 ? 'status' : `status ${version}`, 'block')
}

function bytecountSteps([seconds]: readonly string[]): Step[] {
  if (seconds === undefined) return say("ERROR: the 'bytecount' command requires 1 parameter")
  return [{ kind: 'count', seconds: Math.max(0, numberOf(seconds)) }, ...say('SUCCESS: bytecount interval changed')]
}

function testSteps([count]: readonly string[]): Step[] {
  if (count === undefined) return say("ERROR: the 'test' command requires 1 parameter")
  const length = Math.min(MAX_TEST_LINES, Math.max(0, numberOf(count)))
  const line = (_: unknown, index: number) =>
    `[${index}] The purpose of this command is to generate large amounts of output.`
  return length === 0 ? [] : say(Array.from({ length }, line).join('\r\n'))
}
