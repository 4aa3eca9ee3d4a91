import { readFileSync } from 'node:fs'
import { WrongUsage } from './wrong-usage.ts'

const STANDARD_INPUT = 0

/**
 * What is in a file that an option names; "-" is the standard input.
 * @throws WrongUsage
 */
export function readInput(option: string, file: string): Buffer {
  return read(file, `--${option} ${file}`)
}

/**
 * The same of a file that is what a command is about.
 * @throws WrongUsage
 */
export function readOperand(file: string): Buffer {
  return read(file, file)
}

function read(file: string, called: string): Buffer {
  try {
    return readFileSync(file === '-' ? STANDARD_INPUT : file)
  } catch (error) {
    throw new WrongUsage(`${called} can't be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}
