export type History = 'log' | 'state' | 'echo'

export type Step =
  /** What is known here. */
  | { kind: 'say'; text: string }
  /** What OpenVPN is asked. Those who ask the same within a second may be given one answer, where that is said. */
  | { kind: 'ask'; line: string; shape: 'success' | 'block'; isShared: boolean }
  /** A command that does something, and is sent once for each who asks. */
  | { kind: 'do'; line: string }
  /** To be told from now on, and with `many` also what was before: one answer, so that nothing is missing between. */
  | { kind: 'follow'; topic: History; many: string | undefined }
  | { kind: 'unfollow'; topic: History }
  /** To be told of traffic every so many seconds; 0 for not any more. */
  | { kind: 'count'; seconds: number }
  | { kind: 'end' }

export const say = (text: string): Step[] => [{ kind: 'say', text }]

export const HISTORIES: ReadonlySet<string> = new Set<History>(['log', 'state', 'echo'])

/** `log`, `state` and `echo`: OpenVPN takes each of the two words behind them by itself. */
export function historySteps(verb: string, rest: readonly string[]): Step[] {
  const topic = verb as History
  const [first, second] = rest
  if (first === undefined) {
    return topic === 'state'
      ? [{ kind: 'ask', line: 'state', shape: 'block', isShared: false }]
      : say(`ERROR: the '${topic}' command requires at least 1 parameter`)
  }
  const many = second === undefined ? undefined : manyOf(second)
  if (first === 'on' && many !== undefined) return [{ kind: 'follow', topic, many }]
  return [first, second].flatMap((word) => (word === undefined ? [] : oneStep(topic, word)))
}

function oneStep(topic: History, word: string): Step[] {
  if (word === 'on') return [{ kind: 'follow', topic, many: undefined }]
  if (word === 'off') {
    return [{ kind: 'unfollow', topic }, ...say(`SUCCESS: real-time ${topic} notification set to OFF`)]
  }
  const many = manyOf(word)
  if (many !== undefined) return [{ kind: 'ask', line: `${topic} ${many}`, shape: 'block', isShared: false }]
  return say(`ERROR: ${topic} parameter must be 'on' or 'off' or some number n or 'all'`)
}

/** As OpenVPN reads it: the digits that stand first. Undefined when that is no number of lines. */
function manyOf(word: string): string | undefined {
  if (word === 'all') return word
  const count = Number.parseInt(word, 10)
  return count > 0 && count < 2 ** 31 ? String(count) : undefined
}
