import t from 'tap'
import type { PolicyDifference } from '../http/policy-document.ts'
import { differenceText } from './difference-text.ts'

const rule = (peer: string) => ({ action: 'deny', direction: 'to', peer, protocol: 'any' })
const NOTHING: PolicyDifference = {
  changed: true,
  default: null,
  groupsAdded: [],
  groupsRemoved: [],
  groupsChanged: [],
  tests: { added: [], removed: [], changed: [] },
}

function lines(rules: { before: object[]; after: object[] }): string[] {
  const ops = {
    name: 'ops',
    description: { before: 'a', after: 'b' },
    membersAdded: [],
    membersRemoved: ['user:x'],
    rules,
  }
  return differenceText({ ...NOTHING, groupsChanged: [ops] } as unknown as PolicyDifference, true).split('\n')
}

t.test('rules that come and go are told, as often as they do, and another order is one', async (t) => {
  const [any, host] = [rule('any'), rule('host')]
  t.same(lines({ before: [any, host], after: [host, any] }).slice(0, -2), [
    '- ops: description a',
    '+ ops: description b',
    '- ops: member user:x',
    '~ ops: rules in another order',
  ])
  t.same(lines({ before: [any, any], after: [any, host] }).slice(3, 5), [
    '- ops: rule deny to any any',
    '+ ops: rule deny to host any',
  ])
})

t.test('tests and groups are told by name', async (t) => {
  const tests = { added: ['a'], removed: ['b'], changed: ['c\u001b'] }
  t.equal(
    differenceText({ ...NOTHING, groupsRemoved: ['ops' as never], tests }, false),
    '- group ops\n+ test a\n- test b\n~ test c\\u001b\nthe policy is changed\n',
  )
  t.match(differenceText({ ...NOTHING, changed: false }, false), 'nothing is another')
})
