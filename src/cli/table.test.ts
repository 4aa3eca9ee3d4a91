import t from 'tap'
import { formatFacts, formatTable } from './table.ts'

t.test('columns are as wide as their widest cell, and lines end without blanks', async (t) => {
  const rows = [
    ['a.example.org', 1, false],
    ['b', 12345, true],
  ]
  t.equal(
    formatTable(['NAME', 'N', 'OFF'], rows),
    ['NAME           N      OFF', 'a.example.org  1      no', 'b              12345  yes', ''].join('\n'),
  )
})

t.test('a table of nothing is its heading, which scripts can cut off', async (t) => {
  t.equal(formatTable(['NAME', 'USER'], []), 'NAME  USER\n')
})

t.test('an empty cell does not shift the columns', async (t) => {
  t.equal(formatTable(['A', 'B', 'C'], [['', null, undefined]]), 'A  B  C\n-  -  -\n')
})

t.test('no cell begins a line or obeys the terminal', async (t) => {
  const text = formatTable(['A', 'B'], [['x\ny', '\u001b]0;title\u0007']])
  t.equal(text, 'A         B\nx\\u000ay  \\u001b]0;title\\u0007\n')
  t.equal(formatFacts([['name', 'a\r\nb']]), 'name  a\\u000d\\u000ab\n')
})

t.test('facts stand in two columns', async (t) => {
  t.equal(
    formatFacts([
      ['name', 'ada'],
      ['disabled', false],
      ['crl', null],
    ]),
    'name      ada\ndisabled  no\ncrl       -\n',
  )
})

t.test('a table of very many lines is no matter', async (t) => {
  const rows = Array.from({ length: 200_000 }, (_, n) => [n])
  t.equal(formatTable(['N'], rows).length, 2 + rows.reduce((sum, [n]) => sum + String(n).length + 1, 0))
})
