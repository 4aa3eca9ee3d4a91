/** What OpenVPN's buffer for a command holds. */
const MAX_BYTES = 1023

/** What it leaves out of a line before it reads it, carriage returns among them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\x00-\x1f\x7f]/g

/** Makes command lines of what a client sends. A line that is too long comes out as undefined. */
export class CommandLines {
  #rest = ''
  #isSkipping = false

  /** The lines that a chunk completes. */
  push(chunk: Buffer): (string | undefined)[] {
    const pieces = (this.#rest + chunk.toString('latin1')).split('\n')
    this.#rest = pieces.pop() ?? ''
    const lines = pieces.map((piece) => this.#line(piece))
    if (this.#rest.length > MAX_BYTES) {
      this.#isSkipping = true
      this.#rest = ''
    }
    return lines
  }

  #line(piece: string): string | undefined {
    const isLong = this.#isSkipping || piece.length > MAX_BYTES + 1
    this.#isSkipping = false
    return isLong ? undefined : Buffer.from(piece.replace(CONTROL, ''), 'latin1').toString('utf8')
  }
}
