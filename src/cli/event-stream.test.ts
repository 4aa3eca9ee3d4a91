import t from 'tap'
import { readBlocks, type StreamBlock } from './event-stream.ts'

async function* chunksOf(text: string, size: number) {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size)
}

const STREAM =
  ': following\n\nid: f.1\nevent: change\ndata: {"a":1}\n\n: still here\n\nid: f.2\n\ndata: one\ndata: two\n\nid: f.3\ndata: cut'

t.test('blocks are the same however the stream is cut into chunks, and comments are none', async (t) => {
  for (const size of [1, 2, 7, 1000]) {
    const blocks: StreamBlock[] = []
    for await (const block of readBlocks(chunksOf(STREAM, size))) blocks.push(block)
    t.same(blocks, [
      { id: 'f.1', data: '{"a":1}' },
      { id: 'f.2', data: undefined },
      { id: undefined, data: 'one\ntwo' },
    ])
  }
})
