import t from 'tap'
import { NASTY_TEXTS } from '../../testing/nasty.ts'
import { formatRule, parseRule, type RuleText } from './rule.ts'

const SSH: RuleText = {
  action: 'allow',
  direction: 'from',
  peer: 'group:ops',
  protocol: 'tcp',
  ports: ['22'],
  network: 'a',
}

t.test('a rule is written as it was read', async (t) => {
  const plain = { action: 'deny', direction: 'both', peer: 'any', protocol: 'any' }
  t.strictSame(formatRule(parseRule(SSH)), SSH)
  t.strictSame(formatRule(parseRule(plain)), plain)
  t.strictSame(parseRule(SSH), {
    action: 'allow',
    direction: 'from',
    peer: { kind: 'group', name: 'ops' },
    protocol: 'tcp',
    ports: [[22, 22]],
    network: 10,
  })
  t.strictSame(formatRule(parseRule({ ...plain, ports: [] })), plain, 'no ports are every port')
})

const WRONG: Record<string, Partial<RuleText>> = {
  'is no action: write allow or deny': { action: 'accept' },
  'is no direction: write from, to or both': { direction: 'in' },
  'is no protocol: write tcp, udp, icmpv6 or any': { protocol: 'TCP' },
  'ports need the protocol tcp or udp, and this rule has any': { protocol: 'any' },
  'ports need the protocol tcp or udp, and this rule has icmpv6': { protocol: 'icmpv6' },
  'is no peer': { peer: 'ops' },
  'is not a port': { ports: ['ssh'] },
  'is no network of a gateway': { network: 'A' },
}

for (const [message, change] of Object.entries(WRONG)) {
  t.test(`${JSON.stringify(change)} is refused: it ${message}`, async (t) => {
    t.throws(() => parseRule({ ...SSH, ...change }), { name: 'Problem', code: 'bad-rule', message })
  })
}

t.test('nothing nasty enters by any field', async (t) => {
  for (const [what, text] of Object.entries(NASTY_TEXTS)) {
    for (const field of ['action', 'direction', 'peer', 'protocol', 'network']) {
      t.throws(() => parseRule({ ...SSH, [field]: text }), { code: 'bad-rule' }, `${field}: ${what}`)
    }
  }
  for (const network of ['10', '', 'g', '-1']) t.throws(() => parseRule({ ...SSH, network }), { code: 'bad-rule' })
})
