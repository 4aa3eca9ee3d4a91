import t from 'tap'
import type { News } from './route-keeper.ts'
import { openRouteKeeper } from './route-keeper.ts'
import { gatewayRoute, siteRoute } from './route-steps.ts'
import { FakeKernel } from './testing/fake-kernel.ts'

const SITE = '2001:470:c844::/48'
const A = '2001:470:c844:200::/60'
const B = '2001:470:c844:210::/60'

/** A keeper after its first look. */
async function open(prepare: (kernel: FakeKernel) => void = () => undefined) {
  const kernel = new FakeKernel()
  prepare(kernel)
  const news: News[] = []
  const hold: { why: string | undefined } = { why: undefined }
  const keeper = openRouteKeeper({ kernel, site: SITE, heldBack: () => hold.why, tell: (one) => news.push(one) })
  await keeper.look()
  return { kernel, keeper, news, hold }
}

t.test('the site is unreachable before anybody has spoken, and what a former run left stays', async (t) => {
  const { kernel, keeper } = await open((kernel) => kernel.routes.push(gatewayRoute(A, 'tun0')))
  t.same(kernel.routes, [gatewayRoute(A, 'tun0'), siteRoute(SITE)])
  await keeper.look()
  t.same(kernel.routes.length, 2)
  t.same(keeper.report(), { wanted: 0, missing: 0, repairs: 0, fault: null })
  await keeper.replace(new Map([[B, 'tun1']]))
  t.same(kernel.routes, [siteRoute(SITE), gatewayRoute(B, 'tun1')], 'until somebody says what is wanted')
})

t.test('a route that is lost is put back and counted', async (t) => {
  const { kernel, keeper, news } = await open()
  t.same(await keeper.replace(new Map([[A, 'tun0']])), { wanted: 1, missing: 0, repairs: 0, fault: null })
  kernel.routes = []
  await keeper.look()
  t.same(kernel.routes, [siteRoute(SITE), gatewayRoute(A, 'tun0')])
  t.same(keeper.report(), { wanted: 1, missing: 0, repairs: 2, fault: null }, 'the site’s own too')
  t.match(news.at(-1), { changed: 2, repaired: 2 })
  const { length } = news
  await keeper.look()
  t.equal(news.length, length, 'and that all is well is no news')
})

t.test('a device that is away when its route is first wanted is no repair; one that went and came is', async (t) => {
  const { kernel, keeper } = await open((kernel) => kernel.devices.delete('tun1'))
  t.same(await keeper.replace(new Map([[A, 'tun1']])), { wanted: 1, missing: 1, repairs: 0, fault: null })
  kernel.devices.add('tun1')
  await keeper.look()
  t.same(keeper.report(), { wanted: 1, missing: 0, repairs: 0, fault: null })
  kernel.devices.delete('tun1')
  kernel.routes = [siteRoute(SITE)]
  for (let n = 0; n < 3; n++) await keeper.look()
  t.same(keeper.report(), { wanted: 1, missing: 1, repairs: 0, fault: null })
  kernel.devices.add('tun1')
  await keeper.look()
  t.same(keeper.report(), { wanted: 1, missing: 0, repairs: 1, fault: null })
})

t.test('routes that are held back go, and come when they no longer are, which is no repair', async (t) => {
  const { kernel, keeper, hold } = await open()
  await keeper.replace(new Map([[A, 'tun0']]))
  hold.why = 'no firewall'
  await keeper.look()
  t.same(kernel.routes, [siteRoute(SITE)])
  t.same(keeper.report(), { wanted: 1, missing: 1, repairs: 0, fault: 'no firewall' })
  hold.why = undefined
  await keeper.look()
  t.same(kernel.routes, [siteRoute(SITE), gatewayRoute(A, 'tun0')])
  t.same(keeper.report(), { wanted: 1, missing: 0, repairs: 0, fault: null })
})

t.test('a route that moved because it was asked for is no repair', async (t) => {
  const { kernel, keeper } = await open()
  await keeper.replace(new Map([[A, 'tun0']]))
  t.match(await keeper.replace(new Map([[A, 'tun1']])), { repairs: 0, missing: 0 })
  t.match(await keeper.replace(new Map([[A, 'tun0']])), { repairs: 0, missing: 0 })
  t.same(kernel.routes, [siteRoute(SITE), gatewayRoute(A, 'tun0')])
})

t.test('what the kernel refuses is a fault, said once, until it takes it', async (t) => {
  const { kernel, keeper, news } = await open()
  kernel.refuses = /tun0/
  const fault = `the kernel does not take dev tun0 ${A} metric 512: RTNETLINK answers: Operation not permitted`
  t.same(await keeper.replace(new Map([[A, 'tun0']])), { wanted: 1, missing: 1, repairs: 0, fault })
  const { length } = news
  await keeper.look()
  t.equal(news.length, length)
  kernel.refuses = undefined
  await keeper.look()
  t.same(keeper.report(), { wanted: 1, missing: 0, repairs: 0, fault: null })
})

t.test('an ip that does not work is a fault in the report, and no end', async (t) => {
  const { kernel, keeper } = await open()
  kernel.fault = new Error('ip does not do its work: gone')
  t.match(await keeper.replace(new Map([[A, 'tun0']])), { wanted: 1, fault: 'ip does not do its work: gone' })
  kernel.fault = undefined
  await keeper.look()
  t.same(keeper.report(), { wanted: 1, missing: 0, repairs: 0, fault: null })
})

t.test('of the sets that arrive while one is put in place, the newest alone is', async (t) => {
  const { kernel, keeper } = await open()
  const devices = Array.from({ length: 50 }, (_, n) => (n % 2 === 0 ? 'tun0' : 'tun1'))
  const reports = await Promise.all(devices.map((device) => keeper.replace(new Map([[A, device]]))))
  t.ok(reports.every(({ missing }) => missing === 0))
  t.same(kernel.routes, [siteRoute(SITE), gatewayRoute(A, 'tun1')])
  t.ok(kernel.batches.length <= 3)
})
