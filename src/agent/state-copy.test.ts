import t from 'tap'
import { StateCopy } from './state-copy.ts'
import { access, delta, GATEWAY, NEW_SERIAL, OTHER, SERIAL, SITE, whole } from './testing/feed.ts'

t.test('a whole answer is all there is, a delta changes what it names', async (t) => {
  const copy = new StateCopy()
  t.equal(copy.site, undefined)
  t.equal(copy.apply(whole()), 'all')
  t.same(copy.position, { feed: 'f1', revision: 1, order: 0 })
  const other = access({ name: OTHER, number: 3 })
  t.same(copy.apply(delta({ gateways: [other] })), new Set([OTHER]))
  t.same(copy.find(OTHER), other)
  t.same(copy.apply(delta({ revision: 3, removed: [GATEWAY] })), new Set([GATEWAY]))
  t.equal(copy.find(GATEWAY), undefined)
  t.equal(copy.size, 1)
  t.equal(copy.apply(whole({ feed: 'f2', gateways: [] })), 'all')
  t.equal(copy.find(OTHER), undefined)
})

t.test('another site changes everything', async (t) => {
  const copy = new StateCopy()
  copy.apply(whole())
  const before = copy.site
  copy.apply(delta())
  t.equal(copy.site, before, 'the same object while it is the same site')
  t.equal(copy.apply(delta({ site: { ...SITE, pushRoutes: [] } })), 'all')
  t.not(copy.site, before)
})

t.test('orders are counted within a feed', async (t) => {
  const copy = new StateCopy()
  const order = { number: 7, kind: 'withdraw' as const, gateways: [] }
  copy.apply(whole({ orders: [order] }))
  copy.apply(delta())
  t.equal(copy.position?.order, 7)
  t.equal(copy.save()?.position.order, 0, 'one that was not carried out comes again after a restart')
  copy.carriedOut('f1', 7)
  t.equal(copy.save()?.position.order, 7)
  copy.apply(whole({ feed: 'f2' }))
  t.equal(copy.position?.order, 0)
})

t.test('the first use of a newer serial ends those that were to retire', async (t) => {
  const copy = new StateCopy()
  const renewed = access({ serials: [SERIAL, NEW_SERIAL], retiring: [SERIAL] })
  copy.apply(whole({ gateways: [renewed] }))
  t.notOk(copy.use(GATEWAY, SERIAL), 'not its own')
  t.ok(copy.use(GATEWAY, NEW_SERIAL))
  t.match(copy.find(GATEWAY), { serials: [NEW_SERIAL], retiring: [] })
  t.notOk(copy.use(GATEWAY, NEW_SERIAL), 'once')

  copy.apply(delta({ gateways: [renewed] }))
  t.match(copy.find(GATEWAY), { serials: [NEW_SERIAL] }, 'though the service does not know of the use yet')
  const again = new StateCopy()
  const position = { feed: 'f1', revision: 2, order: 0 }
  again.restore({ position, retired: copy.save()?.retired ?? [] }, whole({ gateways: [renewed] }))
  t.match(again.find(GATEWAY), { serials: [NEW_SERIAL] }, 'nor after a restart')
  again.apply(whole({ gateways: [access({ serials: [NEW_SERIAL] })] }))
  t.same(again.save()?.retired, [])
})
