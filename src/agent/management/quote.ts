import { ManagementError } from './management-error.ts'

/** OpenVPN clears a longer line without a word: its buffer has 1,024 bytes, with the line feed. */
export const MAX_LINE_BYTES = 1023

/**
 * OpenVPN reads 256 bytes at a time into that same buffer. What is behind a line in one of these reads overruns it when
 * the line is long, and is cleared together with it: such a line may be followed by nothing before it is answered. Seen
 * with 2.6.14 from 1,022 bytes on; below this length it cannot happen, wherever the reads fall.
 */
export const MAX_FOLLOWED_BYTES = 1024 - 256

/** One parameter of a command, without quotes (OPTION_PARM_SIZE). Longer ones are refused. */
export const MAX_WORD_BYTES = 256

/**
 * A line of a client-auth block is read as a line of a configuration (OPTION_LINE_SIZE): of a longer one the rest, less
 * two bytes, is a directive of its own. Seen with 2.6.14.
 */
export const MAX_OPTION_BYTES = 255

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\x00-\x1f\x7f]/

/**
 * A text as one parameter, for the lexer of OpenVPN's configuration (manual, "Command Parsing").
 * @param what its name, for the error; the text itself may be a password
 * @throws ManagementError bad-command
 */
export function quote(what: string, text: string): string {
  checkText(what, text, MAX_WORD_BYTES)
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

/**
 * @throws ManagementError bad-command, for a control character, half a surrogate pair, or too many bytes
 */
export function checkText(what: string, text: string, maxBytes: number): void {
  if (CONTROL.test(text)) throw bad(`${what} has a control character`)
  if (!text.isWellFormed()) throw bad(`${what} is no text that UTF-8 can say`)
  if (Buffer.byteLength(text) > maxBytes) throw bad(`${what} has more than ${maxBytes} bytes`)
}

/**
 * A whole number that is not negative.
 * @throws ManagementError bad-command
 */
export function count(what: string, value: number, max: number = Number.MAX_SAFE_INTEGER): string {
  if (!Number.isSafeInteger(value) || value < 0 || value > max) {
    throw bad(`${what} is no whole number from 0 to ${max}`)
  }
  return `${value}`
}

/**
 * One of a closed list of words, which TypeScript cannot hold a caller to who has it from outside.
 * @throws ManagementError bad-command
 */
export function oneOf<Word extends string>(what: string, words: readonly Word[], word: Word): Word {
  if (!words.includes(word)) throw bad(`${what} is none of ${words.join(', ')}`)
  return word
}

export function bad(message: string): ManagementError {
  return new ManagementError('bad-command', message)
}
