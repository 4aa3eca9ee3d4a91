import t from 'tap'
import type { Access } from '../domain/agent-feed.ts'
import { NASTY_TEXTS } from '../testing/nasty.ts'
import { authorize } from './authorize.ts'
import { access, GATEWAY, NEW_SERIAL, SERIAL } from './testing/feed.ts'

const knowing = (...gateways: Access[]) => ({
  site: {},
  find: (name: string) => gateways.find((gateway) => gateway.name === name),
})

t.test('a gateway with an accepted serial is let in', async (t) => {
  const gateway = access()
  t.same(authorize(knowing(gateway), GATEWAY, SERIAL), { kind: 'allow', access: gateway })
  t.match(authorize(knowing(gateway), GATEWAY, null), { kind: 'allow' }, 'a session of before, whose serial nobody saw')
})

t.test('everybody else is refused, and told why', async (t) => {
  const reason = (gateway: Access, name: string = GATEWAY, serial: string | undefined = SERIAL) => {
    const verdict = authorize(knowing(gateway), name, serial)
    return verdict.kind === 'deny' ? verdict.reason : verdict.kind
  }
  t.equal(reason(access(), 'other.example.org'), 'no such gateway')
  t.equal(reason(access({ disabled: true })), 'the gateway is disabled')
  t.equal(reason(access({ userDisabled: true })), 'its user is disabled')
  t.equal(reason(access(), GATEWAY, NEW_SERIAL), 'the certificate is revoked or replaced')
  t.match(authorize(knowing(access()), GATEWAY, undefined), { reason: 'the certificate has no serial' })
})

t.test('without a state clients are to come again', async (t) => {
  t.match(authorize({ site: undefined, find: () => undefined }, GATEWAY, SERIAL), {
    kind: 'later',
    reason: 'no state yet',
  })
})

t.test('what is no name is nobody', async (t) => {
  for (const [what, text] of Object.entries(NASTY_TEXTS))
    t.match(authorize(knowing(access()), text, SERIAL), { kind: 'deny' }, what)
})
