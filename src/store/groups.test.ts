import t from 'tap'
import { parseGroupName } from '../domain/names.ts'
import { at, storeWithUsers } from './testing/gateways.ts'

const [ops, dev] = [parseGroupName('ops'), parseGroupName('dev')]

t.test('groups are listed by name, after a name and at most so many', async (t) => {
  const { groups } = storeWithUsers()
  for (const name of [ops, dev, parseGroupName('guests')])
    groups.insert({ name, description: `of ${name}`, createdAt: at })
  const names = (...page: [string?, number?]) => groups.list(...page).map(({ name }) => name)
  t.same(names(), ['dev', 'guests', 'ops'])
  t.same(names('dev', 1), ['guests'])
  t.same(names('ops'), [])
  t.same(groups.find(ops), { name: 'ops', description: 'of ops', createdAt: at, members: 0, rules: 0 })
  groups.describe(ops, 'x')
  t.match(groups.find(ops), { description: 'x' })
})

t.test('members and rules are counted, and go with the group', async (t) => {
  const { groups, members, rules } = storeWithUsers()
  groups.insert({ name: ops, description: '', createdAt: at })
  members.add(ops, { userNumber: 2 })
  const rule = {
    action: 'allow',
    direction: 'to',
    peer: { kind: 'any' },
    protocol: 'any',
    ports: [],
    network: 3,
  } as const
  rules.replace(ops, [{ ...rule, reference: { peerGateway: null, peerUser: null } }])
  t.match(groups.find(ops), { members: 1, rules: 1 })
  t.same(groups.totals(), { groups: 1, rules: 1 })
  groups.remove(ops)
  t.equal(groups.find(ops), undefined)
  t.same(groups.totals(), { groups: 0, rules: 0 })
  t.same(members.list(ops), [])
})
