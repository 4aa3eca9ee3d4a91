import t from 'tap'
import { isNothing, nothingTouched, overlaps, touchAlso } from './touched.ts'

t.test('nothing is nothing, and anything is not', async (t) => {
  t.equal(isNothing(nothingTouched()), true)
  t.equal(isNothing({ ...nothingTouched(), crl: true }), false)
  t.equal(isNothing({ ...nothingTouched(), server: true }), false)
  t.equal(isNothing({ ...nothingTouched(), policy: true }), false)
  t.equal(isNothing({ ...nothingTouched(), gateways: new Set(['a']) }), false)
})

t.test('what more is touched is added, nothing is taken away, and what was added is not changed', async (t) => {
  const touched = { gateways: new Set(['a', 'b']), crl: true, server: false, policy: false }
  const more = { gateways: new Set(['b', 'c']), crl: false, server: true, policy: true }
  touchAlso(touched, more)
  touchAlso(touched, nothingTouched())
  t.same(touched, { gateways: new Set(['a', 'b', 'c']), crl: true, server: true, policy: true })
  t.same(more, { gateways: new Set(['b', 'c']), crl: false, server: true, policy: true })
})

t.test('two overlap when they share a gateway, the list, the server or the policy', async (t) => {
  const touching = (...gateways: string[]) => ({ ...nothingTouched(), gateways: new Set(gateways) })
  const [crl, server] = [
    { ...nothingTouched(), crl: true },
    { ...nothingTouched(), server: true },
  ]
  t.equal(overlaps(touching('a', 'b'), touching('b', 'c')), true)
  t.equal(overlaps(touching('a'), touching('b')), false)
  t.equal(overlaps(crl, { ...touching('a'), crl: true }), true)
  t.equal(overlaps({ ...server, crl: true }, server), true)
  t.equal(overlaps(crl, server), false)
  const policy = { ...nothingTouched(), policy: true }
  t.equal(overlaps(policy, { ...crl, policy: true }), true)
  t.equal(overlaps(policy, server), false)
  t.equal(overlaps(nothingTouched(), nothingTouched()), false)
})
