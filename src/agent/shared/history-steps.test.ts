import t from 'tap'
import { HISTORIES, historySteps } from './history-steps.ts'

const steps = (line: string) => {
  const [verb = '', ...rest] = line.split(' ')
  return historySteps(verb, rest)
}

t.test('both words are taken, and together where the first is on', async (t) => {
  t.same([...HISTORIES], ['log', 'state', 'echo'])
  t.same(steps('log on all'), [{ kind: 'follow', topic: 'log', many: 'all' }])
  t.same(steps('state on'), [{ kind: 'follow', topic: 'state', many: undefined }])
  t.same(steps('log 2x'), [{ kind: 'ask', line: 'log 2', shape: 'block', isShared: false }])
  t.same(
    steps('echo all on').map(({ kind }) => kind),
    ['ask', 'follow'],
  )
  t.same(steps('state off'), [
    { kind: 'unfollow', topic: 'state' },
    { kind: 'say', text: 'SUCCESS: real-time state notification set to OFF' },
  ])
})

t.test('without a word, or with a wrong one', async (t) => {
  t.same(steps('state'), [{ kind: 'ask', line: 'state', shape: 'block', isShared: false }])
  t.match(steps('log'), [{ text: "ERROR: the 'log' command requires at least 1 parameter" }])
  for (const word of ['0', '-1', 'foo', '99999999999']) {
    t.match(steps(`log ${word}`), [{ text: "ERROR: log parameter must be 'on' or 'off' or some number n or 'all'" }])
  }
  t.match(steps('state on x'), [{ kind: 'follow', many: undefined }, { text: /^ERROR/ }])
})
