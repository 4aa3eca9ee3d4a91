import t from 'tap'
import { parseFqdn } from '../domain/names.ts'
import { openStore } from './store.ts'

const A = parseFqdn('a.ada.example.org')
const B = parseFqdn('b.bob.example.org')

t.test('bytes are added up by gateway and day', async (t) => {
  const { traffic } = openStore(':memory:')
  traffic.add(A, '2026-03-01', { bytesIn: 1, bytesOut: 2 })
  traffic.add(A, '2026-03-01', { bytesIn: 10, bytesOut: 20 })
  traffic.add(A, '2026-03-03', { bytesIn: 5, bytesOut: 0 })
  traffic.add(B, '2026-03-02', { bytesIn: 2 ** 50, bytesOut: 0 })
  t.same(traffic.list(A, '2026-03-01', '2026-03-31'), [
    { day: '2026-03-01', bytesIn: 11, bytesOut: 22 },
    { day: '2026-03-03', bytesIn: 5, bytesOut: 0 },
  ])
  t.same(traffic.list(A, '2026-03-02', '2026-03-02'), [])
  t.same(traffic.list(B, '2026-03-02', '2026-03-02'), [{ day: '2026-03-02', bytesIn: 2 ** 50, bytesOut: 0 }])
  t.equal(traffic.forget('2026-03-03'), 2)
  t.same(traffic.list(A, '0000-01-01', '9999-12-31'), [{ day: '2026-03-03', bytesIn: 5, bytesOut: 0 }])
})
