import t from 'tap'
import { parseGroupName } from '../domain/names.ts'
import { PolicyList } from './policy-list.ts'
import { StateCopy } from './state-copy.ts'
import { access, OTHER, whole } from './testing/feed.ts'
import { until } from './testing/until.ts'

const POLICY = { default: 'closed' as const, groups: [{ name: parseGroupName('ops'), rules: [] }] }

t.test('what is known is told: the policy, and each gateway with its place and groups', async (t) => {
  const copy = new StateCopy()
  const sent: unknown[] = []
  const list = new PolicyList(copy, (...told) => sent.push(told))
  list.flush()
  t.same(sent, [], 'before there is a state nothing is known')
  const gateways = [access({ name: OTHER, number: 3 }), access({ groups: [parseGroupName('ops')] })]
  copy.apply(whole({ policy: POLICY, gateways }))
  list.changed()
  list.changed()
  await until('it is sent', () => sent.length > 0)
  t.match(sent, [
    [
      POLICY,
      [
        { number: 2, slot: 0, groups: ['ops'] },
        { name: OTHER, number: 3, groups: [] },
      ],
    ],
  ])
  list.changed()
  list.close()
  await new Promise((resolve) => setTimeout(resolve, 20))
  t.equal(sent.length, 1)
})
