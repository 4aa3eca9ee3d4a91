import t from 'tap'
import { explain } from '../domain/policy/explain.ts'
import { parsePeer } from '../domain/policy/peer.ts'
import { readPolicy, readWorld } from '../provision/read-policy.ts'
import { setMember } from '../provision/set-member.ts'
import { any, CALLER, giveRules, group, member, openPolicyUnit } from '../testing/policy-unit.ts'
import { viewExplanation } from './explanation-view.ts'

t.test('an example says who, what decides and by which memberships', async (t) => {
  const opened = await openPolicyUnit(t)
  const { unit } = opened
  await giveRules(opened, 'ops', 'allow to internet', 'deny to host')
  await setMember(unit, CALLER, group('ops'), member('gateway:a.example.org'), true, any)
  const policy = readPolicy(unit)
  const world = readWorld(unit, policy)
  const question = { from: parsePeer('internet'), to: parsePeer('gateway:a.example.org'), protocol: 'udp' } as const
  t.match(viewExplanation(explain(policy, world, question), policy, world), {
    verdict: 'allow',
    default: 'open',
    examples: [
      {
        from: { address: '::', gateway: null },
        to: { gateway: 'a.example.org' },
        decidedBy: { side: 'to', position: 1, via: ['gateway:a.example.org', 'user:ada'] },
      },
    ],
  })
})
