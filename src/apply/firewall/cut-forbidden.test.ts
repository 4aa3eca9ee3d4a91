import t from 'tap'
import { parseFqdn, parseGroupName, parseUserName } from '../../domain/names.ts'
import { planOf } from '../../domain/plan.ts'
import { parseRule } from '../../domain/policy/rule.ts'
import { worldOf } from '../../domain/policy/world.ts'
import { parsePrefix } from '../../domain/prefix.ts'
import type { Conntrack, Tracked } from './conntrack.ts'
import { cutForbidden } from './cut-forbidden.ts'

const ops = parseGroupName('ops')
const rule = parseRule({
  action: 'allow',
  direction: 'from',
  peer: 'gateway:b.bob.example.org',
  protocol: 'tcp',
  ports: ['22'],
})
const gateway = (name: string, user: string, number: number, groups = [ops]) => ({
  name: parseFqdn(name),
  user: parseUserName(user),
  number,
  slot: 0,
  groups,
})
const world = worldOf(planOf(parsePrefix('2001:470:c844::/48')), [
  gateway('a.ada.example.org', 'ada', 2),
  gateway('b.bob.example.org', 'bob', 3, []),
])
const rights = { policy: { default: 'closed' as const, groups: [{ name: ops, rules: [rule], members: [] }] }, world }

const [A, B, OUTSIDE] = ['2001:470:c844:200::10', '2001:470:c844:300::10', '2001:db8::1']
const flow = (source: string, destination: string, port: number): Tracked => ({
  protocol: 'tcp',
  source,
  destination,
  sourcePort: 40_000,
  port,
  icmpType: undefined,
})

t.test('what the rules forbid now is cut, and nothing else', async (t) => {
  const cut: Tracked[] = []
  const all = [flow(A, B, 22), flow(A, B, 80), flow(B, A, 22), flow(OUTSIDE, B, 22), flow(OUTSIDE, '2001:db8::2', 1)]
  const conntrack: Conntrack = {
    list: async () => all,
    cut: async (one) => void cut.push(one),
    cutPrefix: async () => undefined,
  }
  t.equal(await cutForbidden(conntrack, rights), 3)
  t.same(cut, all.slice(1, 4))
})
