import t from 'tap'
import { parseGroupName } from '../domain/names.ts'
import type { Group } from '../domain/policy/policy.ts'
import type { PolicyTest } from '../store/policy-tests.ts'
import { member, rule } from '../testing/policy-unit.ts'
import { differenceOf, type WholePolicy } from './policy-difference.ts'

const name = parseGroupName('ops')
const ops = (members: string[], ...rules: string[]): Group => ({
  name,
  members: members.map(member),
  rules: rules.map(rule),
})
const whole = (groups: Group[], tests: PolicyTest[] = [], description = ''): WholePolicy => ({
  policy: { default: 'open', groups },
  descriptions: new Map([[name, description]]),
  tests,
})
const test = (called: string, port: number): PolicyTest => ({
  name: called,
  from: 'any',
  to: 'host',
  protocol: 'tcp',
  port,
  expect: 'deny',
})

t.test('the order of members is none, the order of rules is one', async (t) => {
  const [ab, ba] = [
    ['user:a', 'user:b'],
    ['user:b', 'user:a'],
  ]
  t.match(differenceOf(whole([ops(ab ?? [])]), whole([ops(ba ?? [])])), { changed: false, groupsChanged: [] })
  const [one, other] = [
    ['allow from any', 'deny to any'],
    ['deny to any', 'allow from any'],
  ] as const
  const difference = differenceOf(whole([ops([], ...one)]), whole([ops([], ...other)]))
  t.match(difference, { changed: true, groupsChanged: [{ name: 'ops', membersAdded: [], membersRemoved: [] }] })
  t.match(difference.groupsChanged[0]?.rules, { before: [{ action: 'allow' }], after: [{ action: 'deny' }] })
})

t.test('what comes, what goes and what is another is told', async (t) => {
  const before = whole([ops(['user:a', 'user:b'])], [test('stays', 1), test('goes', 2), test('changes', 3)], 'old')
  const after = whole([ops(['user:b', 'user:c'])], [test('stays', 1), test('comes', 2), test('changes', 4)], 'new')
  t.match(differenceOf(before, after), {
    changed: true,
    default: null,
    groupsAdded: [],
    groupsChanged: [
      {
        membersAdded: ['user:c'],
        membersRemoved: ['user:a'],
        rules: null,
        description: { before: 'old', after: 'new' },
      },
    ],
    tests: { added: ['comes'], removed: ['goes'], changed: ['changes'] },
  })
  t.match(differenceOf(before, { ...before, policy: { ...before.policy, default: 'closed' } }), {
    changed: true,
    default: { before: 'open', after: 'closed' },
  })
  t.match(differenceOf(whole([]), whole([ops([])])), { changed: true, groupsAdded: ['ops'], groupsChanged: [] })
})
