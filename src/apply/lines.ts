import type { Socket } from 'node:net'

/** A peer that sends a line without an end has no more to say that could be understood. */
export class LineTooLong extends Error {}

/** What was asked is still to be answered when the other end has said all. */
const KEPT = { destroyOnReturn: false }

/**
 * The lines that a peer sends, as long as it does; what stands behind the last line feed is none.
 * @throws LineTooLong once more than `most` characters came without a line feed
 */
export async function* linesOf(socket: Socket, most: number): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of socket.setEncoding('utf8').iterator(KEPT)) {
    const lines: string[] = chunk.split('\n')
    lines[0] = rest + lines[0]
    rest = lines.pop() ?? ''
    if ([rest, ...lines].some((line) => line.length > most))
      throw new LineTooLong(`a line has more than ${most} octets`)
    yield* lines
  }
}
