import type { Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import t from 'tap'
import { linesOf } from './lines.ts'

/** The lines of what arrives in these chunks. */
async function read(most: number, ...chunks: (string | Buffer)[]): Promise<string[]> {
  const stream = new PassThrough()
  for (const chunk of chunks) stream.write(chunk)
  stream.end()
  const lines: string[] = []
  for await (const line of linesOf(stream as unknown as Socket, most)) lines.push(line)
  return lines
}

t.test('lines come whole, in whatever pieces they arrive', async (t) => {
  t.same(await read(10, 'a\nb', 'c', '\n\nd'), ['a', 'bc', ''])
  t.same(await read(10), [])
  const [head, tail] = [Buffer.from('ü\n').subarray(0, 1), Buffer.from('ü\n').subarray(1)]
  t.same(await read(10, head, tail), ['ü'], 'a character too')
})

t.test('a line that is too long ends it', async (t) => {
  t.same(await read(3, 'abc\n'), ['abc'])
  await t.rejects(read(3, 'ab', 'cd'), { message: 'a line has more than 3 octets' })
  await t.rejects(read(3, 'abcd\n'), { message: 'a line has more than 3 octets' })
})
