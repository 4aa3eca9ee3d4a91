import t from 'tap'
import { parseRule } from '../../domain/policy/rule.ts'
import { ops, twoGateways } from '../testing/two-gateways.ts'
import type { Tracked } from './conntrack.ts'
import { forbiddenAmong } from './forbidden.ts'

const rule = parseRule({
  action: 'allow',
  direction: 'from',
  peer: 'gateway:b.bob.example.org',
  protocol: 'tcp',
  ports: ['22'],
})
const world = twoGateways()
const rights = { policy: { default: 'closed' as const, groups: [{ name: ops, rules: [rule], members: [] }] }, world }

const [A, B, OUTSIDE] = ['2001:470:c844:200::10', '2001:470:c844:300::10', '2001:db8::1']
const flow = (id: string, source: string, destination: string, more: Partial<Tracked> = {}): Tracked => ({
  id,
  protocol: 'tcp',
  source,
  destination,
  port: 22,
  icmpType: undefined,
  ...more,
})

t.test('what the rules forbid now is found, and nothing else', async (t) => {
  const all = [
    flow('1', A, B),
    flow('2', A, B, { port: 80 }),
    flow('3', B, A),
    flow('4', OUTSIDE, B),
    flow('5', OUTSIDE, '2001:db8::2'),
    flow('6', A, B, { protocol: 'other', port: undefined }),
    flow('7', A, '::1.2.3.4'),
    flow('8', OUTSIDE, '::ffff:1.2.3.4'),
  ]
  t.same([...forbiddenAmong(all, rights)], ['2', '3', '4', '6', '7'])
})

t.test('a rule for every protocol is for those without a name too', async (t) => {
  const any = parseRule({ action: 'allow', direction: 'from', peer: 'gateway:b.bob.example.org', protocol: 'any' })
  const policy = { default: 'closed' as const, groups: [{ name: ops, rules: [any], members: [] }] }
  const esp = { protocol: 'other' as const, port: undefined }
  t.same([...forbiddenAmong([flow('1', A, B, esp), flow('2', B, A, esp)], { ...rights, policy })], ['2'])
})
