import t from 'tap'
import { orUndefined, parseCount, splitFields } from './fields.ts'

t.test('a number is digits alone, as many as a number holds', async (t) => {
  t.equal(parseCount('0'), 0)
  t.equal(parseCount('4294967296'), 4_294_967_296)
  const bad = [undefined, '', '-1', '+1', '1.0', '1e3', ' 1', '1 ', '0x1', '９', '9007199254740993', '1'.repeat(20)]
  for (const text of bad) t.equal(parseCount(text), undefined, `${text}`)
})

t.test('the last field keeps its commas', async (t) => {
  t.same(splitFields('a,b,c,d', 2), ['a', 'b,c,d'])
  t.same(splitFields('a,,', 3), ['a', '', ''])
  t.same(splitFields('a', 3), ['a'])
  t.same(splitFields('', 2), [''])
})

t.test('what is empty is not there', async (t) => {
  t.equal(orUndefined(''), undefined)
  t.equal(orUndefined('x'), 'x')
})
