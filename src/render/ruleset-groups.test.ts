import t from 'tap'
import { parseGroupName } from '../domain/names.ts'
import { combinationChains, renderGroups, renderMembers, renderSet } from './ruleset-groups.ts'
import { inputOf } from './testing/ruleset-world.ts'

t.test('a group has a chain for each side, and one more where a rule may be about the host', async (t) => {
  const text = renderGroups(inputOf('open', []))
  t.match(text, '  chain group_ops_to_host {\n    meta l4proto 6 accept\n  }\n')
  t.match(
    text,
    '  chain group_servers_from {\n    fib daddr type local return\n    ip6 daddr ::/0 goto drop_deny\n  }\n',
  )
  t.match(text, '  chain group_unused_from {\n  }\n')
  t.notMatch(text, 'group_servers_from_host')
  t.notMatch(text, 'group_unused_from_host')
})

t.test('the sets are those of the groups that rules name, empty where nobody is in', async (t) => {
  t.equal(
    renderMembers(inputOf('open', [])),
    '  set members_nobody {\n    type ipv6_addr\n  }\n' +
      '  set members_servers {\n    type ipv6_addr\n    elements = {\n      2001:470:c844:420::\n    }\n  }\n',
  )
})

t.test('a set without elements has no list of them', async (t) => {
  t.equal(renderSet('map', 'from', 'ipv6_addr : verdict', []), '  map from {\n    type ipv6_addr : verdict\n  }\n')
})

t.test('a combination asks its groups in their order, and one group needs none', async (t) => {
  const chains = combinationChains(['a', 'ops'].map(parseGroupName))
  t.strictSame(
    chains.map(([, rules]) => rules),
    [
      ['jump group_a_from', 'jump group_ops_from'],
      ['jump group_a_to', 'jump group_ops_to'],
    ],
  )
  t.strictSame(combinationChains([parseGroupName('ops')]), [])
})
