import t from 'tap'
import { parseGroupName } from '../domain/names.ts'
import { formatPeer } from '../domain/policy/peer.ts'
import { rule } from '../testing/policy-unit.ts'
import type { StoredRule } from './group-rules.ts'
import { add, at, storeWithUsers } from './testing/gateways.ts'

const [ops, dev] = [parseGroupName('ops'), parseGroupName('dev')]

function filled() {
  const store = storeWithUsers()
  const id = add(store, 'a', 2, 0)
  for (const name of [ops, dev]) store.groups.insert({ name, description: '', createdAt: at })
  const stored = (words: string): StoredRule => {
    const made = rule(words)
    const { kind } = made.peer
    return { ...made, reference: { peerGateway: kind === 'gateway' ? id : null, peerUser: kind === 'user' ? 2 : null } }
  }
  const peers = () => store.rules.list(ops).map(({ peer }) => formatPeer(peer))
  return { ...store, id, stored, peers }
}

t.test('a rule comes back as it was, whomever it names', async (t) => {
  const { rules, stored } = filled()
  const words = [
    'any tcp 22 80-90',
    'internet',
    'host icmpv6',
    '2001:db8::/32',
    'gateway:a.example.org',
    'user:ada',
    'group:dev',
  ]
  const wanted = words.map((one) => ({ ...stored(`allow both ${one}`), network: 15 }))
  rules.replace(ops, wanted)
  t.strictSame(
    rules.list(ops),
    wanted.map(({ reference: _, ...one }) => one),
  )
  t.strictSame([...rules.listAll()], [[ops, rules.list(ops)]])
})

t.test('positions have no holes, whatever comes and goes', async (t) => {
  const { rules, stored, peers } = filled()
  const insert = (position: number, peer: string) => rules.insert({ group: ops, position }, stored(`deny to ${peer}`))
  insert(1, 'host')
  insert(1, 'any')
  insert(3, 'user:ada')
  insert(2, 'internet')
  t.same(peers(), ['any', 'internet', 'host', 'user:ada'])
  t.same(rules.namingUser(2), [{ group: 'ops', position: 4 }])
  rules.remove({ group: ops, position: 2 })
  t.same(peers(), ['any', 'host', 'user:ada'])
  t.same(rules.namingUser(2), [{ group: 'ops', position: 3 }])
})

t.test('rules are found by whom they name, who can’t go before them', async (t) => {
  const { rules, stored, gateways, groups, id } = filled()
  rules.replace(ops, [stored('deny to gateway:a.example.org'), stored('deny to group:dev')])
  t.same(rules.namingGateway(id), [{ group: 'ops', position: 1 }])
  t.same(rules.namingGroup(dev), [{ group: 'ops', position: 2 }])
  t.throws(() => gateways.remove(id), { code: 'SQLITE_CONSTRAINT_FOREIGNKEY' })
  t.throws(() => groups.remove(dev), { code: 'SQLITE_CONSTRAINT_FOREIGNKEY' })
})
