import t from 'tap'
import { printable, printableLines } from './printable.ts'

t.test('what a terminal would obey is written out', async (t) => {
  t.equal(printable('a\u001b[31mb'), 'a\\u001b[31mb', 'an escape sequence')
  t.equal(printable('a\u009b31mb'), 'a\\u009b31mb', 'the same begun by a single control')
  t.equal(printable('a\rb\nc\td\0'), 'a\\u000db\\u000ac\\u0009d\\u0000')
  t.equal(printable('\u202egpj.exe'), '\\u202egpj.exe', 'a mark that turns the direction')
  t.equal(printable('a\u2028b\u2029c'), 'a\\u2028b\\u2029c')
  t.equal(printable('\ud800'), '\\ud800', 'half of a character')
  t.equal(printable('\u{e0041}'), '\\udb40\\udc41', 'a tag that nobody sees')
})

t.test('what a terminal shows stays', async (t) => {
  const text = 'router.example.org, 2001:db8::/48, “ä” ’ … 日本 🦊 \\u001b'
  t.equal(printable(text), text)
})

t.test('JSON means the same afterwards', async (t) => {
  const value = { '\u009b': '\u202e\u{e0041}\ud800 a\nb' }
  t.same(JSON.parse(printable(JSON.stringify(value))), value)
})

t.test('lines stay lines', async (t) => {
  t.equal(printableLines('a\u0007\n\n b\r\n'), 'a\\u0007\n\n b\\u000d\n')
})
