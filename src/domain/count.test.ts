import t from 'tap'
import { countOf } from './count.ts'

t.test('one is one, and none is many', async (t) => {
  t.same(
    [0, 1, 2].map((count) => countOf(count, 'gateway')),
    ['0 gateways', '1 gateway', '2 gateways'],
  )
  t.same([countOf(1, 'entry', 'entries'), countOf(2, 'entry', 'entries')], ['1 entry', '2 entries'])
})
