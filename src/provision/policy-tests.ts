import { countOf } from '../domain/count.ts'
import { quote } from '../domain/names.ts'
import { type Explanation, explain, newBudget } from '../domain/policy/explain.ts'
import { formatPeer, type Peer, parsePeer } from '../domain/policy/peer.ts'
import type { Policy } from '../domain/policy/policy.ts'
import { Problem } from '../domain/problem.ts'
import type { PolicyTest } from '../store/policy-tests.ts'
import type { Unit } from '../unit.ts'
import { readWorld } from './read-policy.ts'

/** How many failures are told. */
const FAILURES_MAX = 50

export type TestFailure = { test: PolicyTest; verdict: Explanation['verdict'] }

/** The tests that a policy does not pass. */
export function failuresOf(unit: Unit, tests: readonly PolicyTest[], policy: Policy): TestFailure[] {
  if (tests.length === 0) return []
  const world = readWorld(unit, policy)
  // Together, or a thousand of them would take a thousand times as long as one may.
  const budget = newBudget()
  return tests.flatMap((test) => {
    const { verdict } = explain(policy, world, { ...test, from: parsePeer(test.from), to: parsePeer(test.to) }, budget)
    // Who has no gateway yet breaks nothing.
    return verdict === test.expect || verdict === 'nobody' ? [] : [{ test, verdict }]
  })
}

/**
 * Keeps a change from being made.
 * @throws Problem policy-test-failed, naming each
 */
export function refuseFailures(failures: readonly TestFailure[]): void {
  const [first] = failures
  if (first === undefined) return
  const more = failures.length - 1
  const others = more === 0 ? '' : `, and ${countOf(more, 'more test fails', 'more tests fail')}`
  const because = `the test ${quote(first.test.name)} would fail: ${wordsOf(first)}${others}`
  throw failed(`Nothing was changed, because ${because}.`, failures)
}

/**
 * Says how tests went, where nothing was to be changed.
 * @throws Problem policy-test-failed, naming each that fails, of so many
 */
export function reportFailures(failures: readonly TestFailure[], total: number): void {
  const [first] = failures
  if (first === undefined) return
  const count = `${failures.length} of ${total} tests ${failures.length === 1 ? 'fails' : 'fail'}`
  throw failed(`${count}: ${quote(first.test.name)}: ${wordsOf(first)}.`, failures)
}

function failed(detail: string, failures: readonly TestFailure[]): Problem {
  const errors = failures.slice(0, FAILURES_MAX).map((one) => ({ field: one.test.name, message: wordsOf(one) }))
  return new Problem('policy-test-failed', detail, { errors })
}

function wordsOf({ test, verdict }: TestFailure): string {
  const port = test.port === undefined ? '' : ` ${test.port}`
  return `it wants to ${test.expect} ${test.from} to ${test.to}, ${test.protocol}${port}, and ${SAID[verdict]}`
}

const SAID: Record<Explanation['verdict'], string> = {
  allow: 'the rules allow',
  deny: 'the rules deny',
  mixed: 'the rules allow some and deny others',
  nobody: 'these are nobody',
  'too-much': 'these are too many to look at: name fewer than "any"',
}

/** The names of the tests that name somebody. */
export function testsNaming({ store }: Unit, peer: Peer): string[] {
  const name = formatPeer(peer)
  return store.policyTests
    .list()
    .filter(({ from, to }) => from === name || to === name)
    .map((test) => test.name)
}
