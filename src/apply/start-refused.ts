/** What keeps this program from starting; the text says what to do. */
export class StartRefused extends Error {
  constructor(message: string) {
    super(message)
    // main.ts says an error of this name in its own words, without a stack.
    this.name = 'StartError'
  }
}
