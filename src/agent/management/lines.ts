/** Takes the lines of a stream. They are latin1: one character a byte, `toUtf8` makes text of them. */
export type LineSink = {
  /** Never an empty one: OpenVPN writes none that means anything. */
  onLine: (line: string) => void
  /** A line was longer than the limit. The rest of it is left away. */
  onTooLong: () => void
  /** OpenVPN asks for the password of the interface, and goes on waiting in the same line. */
  onPrompt: () => void
}

/** The only thing that OpenVPN writes without ending the line. */
const PROMPT = 'ENTER PASSWORD:'

const LF = '\n'
const CR = 13
const LETTER_E = 69

/**
 * Makes lines of a stream, however it was cut. What is not yet a line is kept in pieces and joined once, so that a line
 * that comes byte by byte costs no more than its length.
 */
export class LineSplitter {
  readonly #sink: LineSink
  readonly #maxBytes: number
  #pieces: string[] = []
  #size = 0
  #isSkipping = false

  /** @param maxBytes what a line may have, without its end */
  constructor(sink: LineSink, maxBytes: number) {
    this.#sink = sink
    this.#maxBytes = maxBytes
  }

  push(chunk: Uint8Array | string): void {
    const text = bytesOf(chunk).toString('latin1')
    let from = 0
    for (let at = text.indexOf(LF); at !== -1; at = text.indexOf(LF, from)) {
      this.#end(text.slice(from, at))
      from = at + 1
    }
    this.#keepRest(text, from)
  }

  #end(piece: string): void {
    const line = this.#size === 0 ? piece : this.#pieces.join('') + piece
    const wasSkipping = this.#isSkipping
    this.#isSkipping = false
    if (this.#size !== 0) this.#forget()
    if (!wasSkipping) deliver(this.#sink, line, this.#maxBytes)
  }

  /** The prompt is one whatever follows it in the same chunk, or the same bytes would mean two things. */
  #keepRest(text: string, begin: number): void {
    let from = begin
    while (from < text.length && !this.#isSkipping) {
      const length = this.#size < PROMPT.length ? PROMPT.length - this.#size : text.length
      this.#keep(text.slice(from, from + length))
      from += length
    }
  }

  #keep(piece: string): void {
    this.#pieces.push(piece)
    this.#size += piece.length
    // One more for a CR that may stand at the end.
    if (this.#size > this.#maxBytes + 1) {
      this.#isSkipping = true
      this.#forget()
      this.#sink.onTooLong()
    } else if (this.#size === PROMPT.length && this.#pieces.join('') === PROMPT) {
      this.#forget()
      this.#sink.onPrompt()
    }
  }

  #forget(): void {
    this.#pieces = []
    this.#size = 0
  }
}

function bytesOf(chunk: Uint8Array | string): Buffer {
  return typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
}

function deliver(sink: LineSink, whole: string, maxBytes: number): void {
  let line = whole.charCodeAt(whole.length - 1) === CR ? whole.slice(0, -1) : whole
  // Its end comes with the answer to it: "ENTER PASSWORD:SUCCESS: password is correct".
  while (line.charCodeAt(0) === LETTER_E && line.startsWith(PROMPT)) {
    sink.onPrompt()
    line = line.slice(PROMPT.length)
  }
  if (line === '') return
  if (line.length > maxBytes) sink.onTooLong()
  else sink.onLine(line)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: every byte that is ASCII.
const ASCII = /^[\x00-\x7f]*$/

/** The text of a line of bytes. What is no UTF-8 becomes U+FFFD, as anywhere in Node. */
export function toUtf8(latin1: string): string {
  return ASCII.test(latin1) ? latin1 : Buffer.from(latin1, 'latin1').toString('utf8')
}
