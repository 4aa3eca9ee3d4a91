import t from 'tap'
import { gatewayRoute, parseKernelRoutes, type Route, siteRoute, stepsOf } from './route-steps.ts'

const A = '2001:470:c844:200::/60'
const B = '2001:470:c844:210::/60'
const SITE = '2001:470:c844::/48'
const ADD_A = `route add ${A} dev tun0 proto 119 metric 512`
const DEL_A = `route del ${A} proto 119 metric 512`

const steps = (wanted: Route[], present: Route[], more: { up?: boolean; isWhole?: boolean } = {}) =>
  stepsOf({ wanted, present, isPossible: () => more.up ?? true, isWhole: more.isWhole ?? true })

t.test('what is missing is added, and never in the place of another protocol’s', async (t) => {
  t.same(steps([siteRoute(SITE), gatewayRoute(A, 'tun0')], []), [
    `route add unreachable ${SITE} proto 119 metric 4095`,
    ADD_A,
  ])
})

t.test('what is there is left alone', async (t) => {
  const all = [siteRoute(SITE), gatewayRoute(A, 'tun0')]
  t.same(steps(all, all), [])
})

t.test('a gateway that changed the instance has a way at every moment', async (t) => {
  t.same(steps([gatewayRoute(A, 'tun1')], [gatewayRoute(A, 'tun0')]), [
    `route append ${A} dev tun1 proto 119 metric 512`,
    `route del ${A} dev tun0 proto 119 metric 512`,
  ])
})

t.test('what nobody wants goes, but for what a former run left before the first set is told', async (t) => {
  t.same(steps([], [gatewayRoute(A, 'tun0')]), [DEL_A])
  t.same(steps([], [gatewayRoute(A, 'tun0')], { isWhole: false }), [])
})

t.test('a route whose device is away is not tried, and a wrong one in its place goes', async (t) => {
  t.same(steps([gatewayRoute(A, 'tun0')], [], { up: false }), [])
  t.same(steps([gatewayRoute(A, 'tun1')], [gatewayRoute(A, 'tun0')], { up: false }), [DEL_A])
})

t.test('what is not as it is made here is made anew', async (t) => {
  const odd = { prefix: A, metric: 512, via: 'otherwise' }
  t.same(steps([gatewayRoute(A, 'tun0')], [odd]), [DEL_A, ADD_A])
  t.same(steps([gatewayRoute(A, 'tun0')], [gatewayRoute(A, 'tun0'), gatewayRoute(A, 'tun1')]), [DEL_A, DEL_A, ADD_A])
  t.same(steps([gatewayRoute(A, 'tun0')], [{ ...gatewayRoute(A, 'tun0'), metric: 9 }]), [
    ADD_A,
    `route del ${A} proto 119 metric 9`,
  ])
})

t.test('the name of a device that somebody else chose never reaches a line', async (t) => {
  const found = { prefix: A, metric: 512, via: 'dev a"b#c' }
  t.same(steps([gatewayRoute(A, 'tun0')], [found]), [DEL_A, ADD_A])
})

t.test('the kernel’s routes as ip prints them', async (t) => {
  const printed = [
    { dst: A, dev: 'tun0', metric: 512, flags: ['linkdown'], pref: 'medium' },
    { type: 'unreachable', dst: SITE, dev: 'lo', metric: 4095, flags: [], pref: 'medium' },
    { dst: B, gateway: 'fe80::1', dev: 'tun0', metric: 512, flags: [], pref: 'medium' },
    { dst: B, metric: 512, flags: [], nexthops: [{ dev: 'tun0' }, { dev: 'tun1' }] },
    { type: 'blackhole', dst: 'default', dev: 'lo', metric: 1, flags: [], pref: 'medium' },
  ]
  t.same(parseKernelRoutes(JSON.stringify(printed)), [
    gatewayRoute(A, 'tun0'),
    siteRoute(SITE),
    { prefix: B, metric: 512, via: 'otherwise' },
    { prefix: B, metric: 512, via: 'otherwise' },
    { prefix: 'default', metric: 1, via: 'otherwise' },
  ])
  t.same(parseKernelRoutes('\n'), [])
})
