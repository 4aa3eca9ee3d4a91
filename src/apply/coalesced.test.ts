import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { coalesced } from './coalesced.ts'

/** Runs that end when they are told to. */
function makeRuns() {
  const runs: PromiseWithResolvers<void>[] = []
  const call = coalesced(() => {
    const run = Promise.withResolvers<void>()
    runs.push(run)
    return run.promise
  })
  return { runs, call }
}

t.test('who calls during a run shares one more, begun afterwards', async (t) => {
  const { runs, call } = makeRuns()
  const first = call()
  const [second, third] = [call(), call()]
  t.equal(second, third)
  t.equal(runs.length, 1)
  runs[0]?.resolve()
  await first
  await turn()
  t.equal(runs.length, 2, 'one for both')
  const fourth = call()
  runs[1]?.resolve()
  await second
  await turn()
  t.equal(runs.length, 3, 'and one for who came during the second')
  runs[2]?.resolve()
  await fourth
})

t.test('a run that fails is its caller’s affair, and the next one runs', async (t) => {
  const { runs, call } = makeRuns()
  const [first, second] = [call(), call()]
  runs[0]?.reject(new Error('no'))
  await t.rejects(first, { message: 'no' })
  await turn()
  runs[1]?.resolve()
  await second
  const third = call()
  runs[2]?.resolve()
  await third
  t.equal(runs.length, 3)
})
