import { printableLines } from './printable.ts'

/** A reader that has seen enough, such as head, is no fault. A full disk is one. */
export function guardOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit()
    complain(`the output can't be written: ${error.message}`)
    process.exit(1)
  })
  process.stderr.on('error', () => undefined)
}

export function print(text: string): void {
  process.stdout.write(text)
}

/** Says on the standard error what is wrong. Whatever it repeats, nothing in it commands the terminal. */
export function complain(words: string): void {
  process.stderr.write(`vpnunit: ${printableLines(words)}\n`)
}
