import t from 'tap'
import { MESSAGES } from './table.ts'

t.test('no message throws, whatever its text is', async (t) => {
  const nasty = [
    '',
    ',',
    ':',
    "'",
    ',,,,,,,,,,',
    '\0',
    '\u{1f600}',
    '1'.repeat(400),
    'x'.repeat(10_000),
    "Need '",
    'CR_TEXT:',
  ]
  for (const [keyword, parse] of MESSAGES) t.doesNotThrow(() => nasty.forEach((text) => void parse(text)), keyword)
})

t.test('what a message is called is the begin of its event’s type', async (t) => {
  for (const keyword of ['INFO', 'FATAL', 'NEED-CERTIFICATE', 'INFOMSG']) {
    t.equal(MESSAGES.get(keyword)?.('x')?.type, keyword)
  }
})
