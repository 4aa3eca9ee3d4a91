import t from 'tap'
import { planOf } from '../domain/plan.ts'
import { parsePrefix } from '../domain/prefix.ts'
import { NASTY_TEXTS, NASTY_VALUES } from '../testing/nasty.ts'
import { parseRights } from './policy-request.ts'

const plan = planOf(parsePrefix('2001:470:c844::/48'))
const RULE = {
  action: 'allow',
  direction: 'from',
  peer: 'internet',
  protocol: 'tcp',
  ports: ['22', '80-90'],
  network: 'a',
}
const POLICY = { default: 'closed', groups: [{ name: 'ops', rules: [RULE] }] }
const GATEWAY = { name: 'a.ada.example.org', user: 'ada', number: 2, slot: 0, groups: ['ops'] }

const parse = (policy: unknown = POLICY, gateways: unknown = [GATEWAY]) => parseRights(policy, gateways, plan)

t.test('a policy and the gateways that it is about', async (t) => {
  const { policy, world } = parse()
  t.match(policy, {
    default: 'closed',
    groups: [
      {
        name: 'ops',
        rules: [
          {
            ports: [
              [22, 22],
              [80, 90],
            ],
            network: 10,
          },
        ],
      },
    ],
  })
  t.match([...world.gateways.values()], [GATEWAY])
  t.same(parse({ default: 'open', groups: [] }, []).policy, { default: 'open', groups: [] })
})

t.test('one wrong part makes the whole wrong', async (t) => {
  const rule = (part: object) => ({ ...POLICY, groups: [{ name: 'ops', rules: [{ ...RULE, ...part }] }] })
  const gateway = (part: object) => [GATEWAY, { ...GATEWAY, ...part }]
  const wrong: [unknown, unknown][] = [
    [{ ...POLICY, default: 'shut' }, []],
    [{ ...POLICY, groups: {} }, []],
    [{ ...POLICY, groups: [{ name: 'Ops', rules: [] }] }, []],
    [rule({ action: 'accept' }), []],
    [rule({ peer: '::/0 accept' }), []],
    [rule({ ports: ['22; flush ruleset'] }), []],
    [rule({ protocol: 'any' }), []],
    [rule({ network: '10' }), []],
    [POLICY, {}],
    [POLICY, gateway({ number: 1 })],
    [POLICY, gateway({ number: 256 })],
    [POLICY, gateway({ slot: 16 })],
    [POLICY, gateway({ slot: 0.5 })],
    [POLICY, gateway({ groups: 'ops' })],
    [POLICY, gateway({ groups: ['a b'] })],
  ]
  for (const [policy, gateways] of wrong) t.throws(() => parse(policy, gateways), JSON.stringify([policy, gateways]))
})

t.test('what is nasty is no name, no rule and no number, wherever it stands', async (t) => {
  const values = [
    ...Object.values(NASTY_TEXTS).filter((text) => text !== 'constructor'),
    ...Object.values(NASTY_VALUES),
  ]
  for (const value of values) {
    const isName = /^[a-z]+$/.test(value)
    for (const field of isName ? ['name', 'groups'] : ['name', 'user', 'groups'])
      t.throws(() => parse(POLICY, [{ ...GATEWAY, [field]: value }]), `${field} ${value}`)
    for (const field of Object.keys(RULE)) {
      t.throws(
        () => parse({ ...POLICY, groups: [{ name: 'ops', rules: [{ ...RULE, [field]: value }] }] }),
        `${field} ${value}`,
      )
    }
  }
})
