import t from 'tap'
import { CommandLines } from './command-lines.ts'

const push = (lines: CommandLines, text: string) => lines.push(Buffer.from(text))

t.test('lines end with LF or CRLF, however they were cut', async (t) => {
  const lines = new CommandLines()
  t.same(push(lines, 'pid\r\nsta'), ['pid'])
  t.same(push(lines, 'te\nkill gw\u00e9\n\n'), ['state', 'kill gw\u00e9', ''])
  t.same(push(lines, 'p\u0000i\u0007d\n'), ['pid'], 'control characters are left out')
})

t.test('a line that is too long is none, and the next is read', async (t) => {
  const lines = new CommandLines()
  t.same(push(lines, `${'x'.repeat(1023)}\r\n`), ['x'.repeat(1023)])
  t.same(push(lines, `${'x'.repeat(2000)}\npid\n`), [undefined, 'pid'])
  for (let count = 0; count < 100; count += 1) t.same(push(lines, 'x'.repeat(1000)), [])
  t.same(push(lines, 'x\npid\n'), [undefined, 'pid'])
})
