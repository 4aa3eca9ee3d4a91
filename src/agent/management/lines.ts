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
 * @param maxBytes what a line may have, without its end
 */
export function splitLines(sink: LineSink, maxBytes: number): (chunk: Uint8Array) => void {
  let pieces: string[] = []
  let size = 0
  let isSkipping = false

  const forget = () => {
    pieces = []
    size = 0
  }

  const keep = (piece: string) => {
    if (isSkipping || piece === '') return
    pieces.push(piece)
    size += piece.length
    // One more for a CR that may stand at the end.
    if (size > maxBytes + 1) {
      isSkipping = true
      forget()
      sink.onTooLong()
    } else if (size === PROMPT.length && pieces.join('') === PROMPT) {
      forget()
      sink.onPrompt()
    }
  }

  const end = (piece: string) => {
    const line = size === 0 ? piece : pieces.join('') + piece
    const wasSkipping = isSkipping
    isSkipping = false
    if (size !== 0) forget()
    if (!wasSkipping) deliver(sink, line, maxBytes)
  }

  // The prompt is one whatever follows it in the same chunk, or the same bytes would mean two things.
  const keepRest = (rest: string) => {
    let from = 0
    while (from < rest.length && !isSkipping) {
      const missing = size < PROMPT.length ? PROMPT.length - size : rest.length
      const piece = rest.slice(from, from + missing)
      keep(piece)
      from += piece.length
    }
  }

  return (chunk) => {
    const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1')
    let from = 0
    for (let at = text.indexOf(LF); at !== -1; at = text.indexOf(LF, from)) {
      end(text.slice(from, at))
      from = at + 1
    }
    keepRest(text.slice(from))
  }
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
