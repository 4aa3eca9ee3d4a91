/** One block of a stream of server-sent events: `data` is undefined where it only says how far one has read. */
export type StreamBlock = { id: string | undefined; data: string | undefined }

/**
 * The blocks of a stream of server-sent events, in chunks that may end anywhere. Comments, which only keep a connection
 * alive, are left out, and so is a block that the end of the stream cuts off.
 */
export async function* readBlocks(chunks: AsyncIterable<string>): AsyncIterable<StreamBlock> {
  let rest = ''
  for await (const chunk of chunks) {
    const blocks = (rest + chunk).split('\n\n')
    rest = blocks.pop() ?? ''
    yield* blocks.map(parseBlock).filter(({ id, data }) => id !== undefined || data !== undefined)
  }
}

function parseBlock(text: string): StreamBlock {
  const lines = text.split('\n')
  const valuesOf = (name: string) =>
    lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2))
  const data = valuesOf('data')
  return { id: valuesOf('id').at(-1), data: data.length === 0 ? undefined : data.join('\n') }
}
