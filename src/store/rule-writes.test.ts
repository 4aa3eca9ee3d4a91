import t from 'tap'
import { parseGroupName } from '../domain/names.ts'
import { formatPeer } from '../domain/policy/peer.ts'
import { rule } from '../testing/policy-unit.ts'
import type { StoredRule } from './rule-writes.ts'
import { at, storeWithUsers } from './testing/gateways.ts'

const ops = parseGroupName('ops')

function filled() {
  const store = storeWithUsers()
  store.groups.insert({ name: ops, description: '', createdAt: at })
  const stored = (words: string): StoredRule => {
    const made = rule(words)
    return { ...made, reference: { peerGateway: null, peerUser: made.peer.kind === 'user' ? 2 : null } }
  }
  const peers = () => store.rules.list(ops).map(({ peer }) => formatPeer(peer))
  return { ...store, stored, peers }
}

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
