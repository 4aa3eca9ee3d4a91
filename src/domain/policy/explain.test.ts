import t from 'tap'
import { type Fqdn, parseFqdn, parseGroupName, parseUserName } from '../names.ts'
import { planOf } from '../plan.ts'
import { parsePrefix } from '../prefix.ts'
import { explain } from './explain.ts'
import { parsePeer } from './peer.ts'
import type { Default, Policy } from './policy.ts'
import { parseRule } from './rule.ts'
import { worldOf } from './world.ts'

const [ada, bob] = [parseUserName('ada'), parseUserName('bob')]
const ops = parseGroupName('ops')
const fqdn = (name: string): Fqdn => parseFqdn(`${name}.example.org`)
const world = worldOf(planOf(parsePrefix('2001:db8:44::/48')), [
  { name: fqdn('a'), user: ada, number: 2, slot: 0, groups: [ops] },
  { name: fqdn('b'), user: ada, number: 2, slot: 1, groups: [] },
  { name: fqdn('c'), user: bob, number: 3, slot: 0, groups: [] },
])

function policy(fallback: Default, ...rules: string[]): Policy {
  const parsed = rules.map((words) => {
    const [action = '', direction = '', peer = '', protocol = 'any', ports, network] = words.split(' ')
    return parseRule({
      action,
      direction,
      peer,
      protocol,
      ...(ports && { ports: [ports] }),
      ...(network && { network }),
    })
  })
  return { default: fallback, groups: [{ name: ops, rules: parsed, members: [] }] }
}

function ask(of: Policy, from: string, to: string, port = 80) {
  return explain(of, world, { from: parsePeer(from), to: parsePeer(to), protocol: 'tcp', port })
}

t.test('what holds for all that a word means is the verdict, and what does not is mixed, by example', async (t) => {
  const one = policy('closed', 'allow from user:bob tcp 80')
  t.match(ask(one, 'gateway:a.example.org', 'user:bob'), {
    verdict: 'allow',
    examples: [{ decision: { because: 'rule', index: 0 } }],
  })
  t.match(ask(one, 'user:ada', 'user:bob'), { verdict: 'mixed', examples: [{}, {}] })
  t.match(ask(one, 'user:ada', 'user:bob', 81), { verdict: 'deny', examples: [{ decision: { because: 'default' } }] })
  t.equal(ask(policy('open'), 'any', 'any').verdict, 'allow')
  t.equal(ask(policy('closed'), 'any', 'any').verdict, 'deny')
  t.equal(ask(policy('open'), 'user:ada', 'user:ada').verdict, 'allow', 'a loop is not what is meant')
  t.equal(
    ask(policy('open'), 'gateway:a.example.org', 'gateway:a.example.org').verdict,
    'deny',
    'where it is all there is',
  )
})

t.test('words that mean nobody say so', async (t) => {
  for (const word of ['user:eve', 'group:dev', 'gateway:x.example.org']) {
    t.same(ask(policy('open'), word, 'any'), { verdict: 'nobody', examples: [] }, word)
  }
})

t.test('a rule about a part of what is meant is never overlooked', async (t) => {
  const internet = policy('open', 'deny from 2600:1:2:3::/64')
  t.equal(ask(internet, 'gateway:a.example.org', 'internet').verdict, 'mixed')
  t.equal(ask(internet, 'gateway:a.example.org', '2600:1:2:3::/64').verdict, 'deny')
  t.equal(ask(internet, 'gateway:a.example.org', '2600:1:2::/48').verdict, 'mixed')
  t.equal(ask(internet, 'gateway:a.example.org', '2600:1:2:4::/64').verdict, 'allow')
  const network = policy('open', 'deny to any tcp 80 1')
  t.equal(ask(network, 'user:bob', 'gateway:a.example.org').verdict, 'mixed', 'one network of the member')
  const inside = policy('open', 'deny from 2001:db8:44:305::/64')
  t.equal(ask(inside, 'gateway:a.example.org', 'user:bob').verdict, 'mixed', 'one network of the peer')
  t.equal(ask(policy('open', 'deny from host'), 'gateway:a.example.org', 'any').verdict, 'mixed')
})
