import t from 'tap'
import { parseBytecount, parseBytecountCli } from './bytecount.ts'

t.test('bytes are counted for a client of its own, and for each of a server', async (t) => {
  t.same(parseBytecount('2046,2157'), { type: 'BYTECOUNT', bytesIn: 2046, bytesOut: 2157 })
  t.same(parseBytecountCli('7,2046,2157'), { type: 'BYTECOUNT_CLI', cid: 7, bytesIn: 2046, bytesOut: 2157 })
})

t.test('what is no count is nothing', async (t) => {
  for (const text of ['', '1', '1,', ',1', '1,2,3', '-1,2', '1,x']) t.equal(parseBytecount(text), undefined, text)
  for (const text of ['', '1,2', '1,2,', 'x,1,2', '1,2,3,4']) t.equal(parseBytecountCli(text), undefined, text)
})
