import t from 'tap'
import { LineSplitter, toUtf8 } from './lines.ts'

/** What comes of a text that arrives in pieces of a length. */
function split(text: string, piece: number, maxBytes = 100): string[] {
  const out: string[] = []
  const splitter = new LineSplitter(
    {
      onLine: (line) => out.push(toUtf8(line)),
      onTooLong: () => out.push('[too long]'),
      onPrompt: () => out.push('[prompt]'),
    },
    maxBytes,
  )
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += piece) splitter.push(bytes.subarray(at, at + piece))
  return out
}

const inEveryChunking = (t: Test, text: string, wanted: string[], maxBytes?: number) => {
  for (const piece of [1, 2, 3, 7, 14, 15, 16, 17, 1000]) t.same(split(text, piece, maxBytes), wanted, `by ${piece}`)
}
type Test = { same: (found: unknown, wanted: unknown, name: string) => unknown }

t.test('lines end with LF or CRLF, and empty ones are none', async (t) => {
  inEveryChunking(t, 'a\r\nbc\n\r\n\nd\re\n\rf\nrest', ['a', 'bc', 'd\re', '\rf'])
})

t.test('a character of several bytes may be cut anywhere', async (t) => {
  inEveryChunking(t, 'ü=\u{1f600}€\n', ['ü=\u{1f600}€'])
})

t.test('a line as long as it may be is one, and a longer one is a fault and nothing else', async (t) => {
  inEveryChunking(t, `${'a'.repeat(20)}\r\n${'b'.repeat(21)}\r\nc\n`, ['a'.repeat(20), '[too long]', 'c'], 20)
  inEveryChunking(t, `${'a'.repeat(500)}\nb\n${'c'.repeat(21)}\n`, ['[too long]', 'b', '[too long]'], 20)
})

t.test('the prompt for a password needs no end of line, and its answer follows it in the same line', async (t) => {
  inEveryChunking(t, 'ENTER PASSWORD:', ['[prompt]'])
  const wrong = 'ENTER PASSWORD:ENTER PASSWORD:SUCCESS: password is correct\r\n>INFO:x\r\n'
  inEveryChunking(t, wrong, ['[prompt]', '[prompt]', 'SUCCESS: password is correct', '>INFO:x'])
  inEveryChunking(t, 'ENTER PASSWORD:\r\nx\n', ['[prompt]', 'x'])
  inEveryChunking(t, 'ENTER PASSWORX:\nxENTER PASSWORD:\n', ['ENTER PASSWORX:', 'xENTER PASSWORD:'])
})

t.test('a text is as good as its bytes', async (t) => {
  const lines: string[] = []
  const sink = {
    onLine: (line: string) => lines.push(toUtf8(line)),
    onTooLong: () => undefined,
    onPrompt: () => undefined,
  }
  const splitter = new LineSplitter(sink, 100)
  for (const text of ['ü', '€\nx', '\n']) splitter.push(text)
  t.same(lines, ['ü€', 'x'])
})

t.test('a long line that comes byte by byte costs no more than its length', async (t) => {
  const start = performance.now()
  t.same(split(`${'a'.repeat(300_000)}\n`, 1, 400_000).length, 1)
  t.ok(performance.now() - start < 2000)
})

t.test('what is no UTF-8 is still a text', async (t) => {
  t.equal(toUtf8('\xff'), '\ufffd')
  t.equal(toUtf8('plain'), 'plain')
})
