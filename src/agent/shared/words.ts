/** What a command line says, or why it cannot be read, in OpenVPN's words. */
export type Words = { words: string[]; fault?: undefined } | { words?: undefined; fault: string }

/** OPTION_PARM_SIZE and MAX_PARMS: what is more is refused, and left away. */
const MAX_WORD_BYTES = 256
const MAX_WORDS = 16

const WHERE = 'in TCP:0'

type State = 'between' | 'bare' | 'double' | 'single'

const isSpace = (letter: string) => letter === ' ' || letter === '\t'
const ESCAPABLE = /^[\\" \t]$/

/**
 * Splits a command as OpenVPN's lexer does (parse_line): words between blanks, quoted by " or ', a backslash before what
 * would mean something. A comment is no word.
 * @param line without control characters
 */
export function readWords(line: string): Words {
  const lexer = new Lexer()
  for (const letter of line) {
    if (lexer.isDone) break
    lexer.take(letter)
  }
  return lexer.finish()
}

class Lexer {
  readonly #words: string[] = []
  #state: State = 'between'
  #word = ''
  #isEscaped = false
  #isComment = false
  #fault: string | undefined

  get isDone(): boolean {
    return this.#isComment || this.#fault !== undefined || this.#words.length >= MAX_WORDS
  }

  take(letter: string): void {
    if (!this.#isEscaped && letter === '\\' && this.#state !== 'single') {
      this.#isEscaped = true
      return
    }
    const taken = this.#step(letter)
    if (taken && this.#isEscaped && !ESCAPABLE.test(letter)) this.#fault = `Bad backslash ('\\') usage ${WHERE}`
    this.#isEscaped = false
    if (taken) this.#add(letter)
  }

  finish(): Words {
    if (!this.isDone) this.#end()
    return this.#fault === undefined ? { words: this.#words } : { fault: `ERROR: Options error: ${this.#fault}` }
  }

  /** Whether the letter belongs to the word. */
  #step(letter: string): boolean {
    if (this.#state === 'between') return this.#begin(letter)
    const isOver =
      this.#state === 'single'
        ? letter === "'"
        : !this.#isEscaped && (this.#state === 'double' ? letter === '"' : isSpace(letter))
    if (isOver) this.#push()
    return !isOver
  }

  #begin(letter: string): boolean {
    // Escaped or not: OpenVPN looks at this first.
    if (isSpace(letter)) return false
    if (letter === ';' || letter === '#') this.#isComment = true
    else if (!this.#isEscaped && letter === '"') this.#state = 'double'
    else if (!this.#isEscaped && letter === "'") this.#state = 'single'
    else this.#state = 'bare'
    return this.#state === 'bare'
  }

  #add(letter: string): void {
    this.#word += letter
    if (Buffer.byteLength(this.#word) > MAX_WORD_BYTES) {
      this.#fault = `Parameter ${WHERE} is too long (${MAX_WORD_BYTES} chars max)`
    }
  }

  #push(): void {
    this.#words.push(this.#word)
    this.#word = ''
    this.#state = 'between'
  }

  #end(): void {
    if (this.#state === 'double') this.#fault = `No closing quotation (") ${WHERE}`
    else if (this.#state === 'single') this.#fault = `No closing single quotation (') ${WHERE}`
    else if (this.#isEscaped) this.#fault = `Residual parse state ${WHERE}`
    else if (this.#state === 'bare') this.#push()
  }
}
