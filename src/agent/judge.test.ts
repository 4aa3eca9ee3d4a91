import t from 'tap'
import { faultOf } from './judge.ts'
import { StateCopy } from './state-copy.ts'
import { access, delta, NEW_SERIAL, SERIAL, SITE, whole } from './testing/feed.ts'
import { session } from './testing/session.ts'

t.test('of a session whose certificate was never seen any may be the one that is revoked', async (t) => {
  const copy = new StateCopy()
  const unseen = session({ serial: null })
  t.equal(faultOf(copy, unseen), undefined)
  copy.apply(whole())
  t.equal(faultOf(copy, unseen), undefined)
  copy.apply(delta({ gateways: [access({ serials: [SERIAL, NEW_SERIAL] })] }))
  t.equal(faultOf(copy, unseen), undefined, 'one more that is accepted')
  copy.apply(delta({ gateways: [access({ serials: [NEW_SERIAL] })] }))
  t.equal(faultOf(copy, unseen), 'its certificate may be one that is revoked or replaced')
  t.equal(faultOf(copy, session({ serial: NEW_SERIAL })), undefined)
})

t.test('a session goes on while its gateway may connect and has its address', async (t) => {
  const copy = new StateCopy()
  t.equal(faultOf(copy, session()), undefined, 'without a state nothing is known against it')
  copy.apply(whole())
  t.equal(faultOf(copy, session()), undefined)
  t.equal(faultOf(copy, session({ serial: null })), undefined)
  t.equal(faultOf(copy, session({ serial: NEW_SERIAL })), 'the certificate is revoked or replaced')
  t.equal(faultOf(copy, session({ address: '2001:470:c844:21f::1' })), 'it has not the address of the gateway')
  copy.apply(delta({ gateways: [access({ disabled: true })] }))
  t.equal(faultOf(copy, session()), 'the gateway is disabled')
  copy.apply(delta({ gateways: [access({ serials: [SERIAL] })], site: { ...SITE, prefix: '2001:db8::/48' } }))
  t.equal(faultOf(copy, session()), 'it has not the address of the gateway', 'the site was renumbered')
})
