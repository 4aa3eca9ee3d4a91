import t from 'tap'
import { parseEcho, parseEchoRecord, parseLog, parseLogRecord } from './log.ts'

t.test('a line of the log has its flags, and its message all its commas', async (t) => {
  t.same(parseLogRecord('1795261180,,a, b=c'), { time: 1_795_261_180, flags: '', message: 'a, b=c' })
  t.match(parseLog('1795261180,NF,x'), { type: 'LOG', record: { flags: 'NF', message: 'x' } })
  for (const text of ['', '1', '1,I', 'x,I,m', '1,i,m', '-1,I,m']) t.equal(parseLog(text), undefined, text)
})

t.test('an echo is what the configuration said', async (t) => {
  t.same(parseEchoRecord('1101519562,forget-passwords, now'), { time: 1_101_519_562, text: 'forget-passwords, now' })
  t.match(parseEcho('1,'), { type: 'ECHO', record: { time: 1, text: '' } })
  for (const text of ['', '1', 'x,y']) t.equal(parseEcho(text), undefined, text)
})
