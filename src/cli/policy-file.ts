import { readOperand } from './input-file.ts'
import { printableLines } from './printable.ts'
import { WrongUsage } from './wrong-usage.ts'

/** How often one part of a file may be repeated by reference. */
const ALIASES_MAX = 100

/**
 * The policy in a file, YAML or JSON, which is YAML too; "-" is the standard input. The service says what is wrong with it.
 * @throws WrongUsage
 */
export async function readPolicyFile(file: string): Promise<unknown> {
  return parsePolicy(readOperand(file).toString(), file)
}

/** @throws WrongUsage */
export async function parsePolicy(text: string, file: string): Promise<unknown> {
  const { parse } = await import('yaml')
  try {
    return parse(text, { maxAliasCount: ALIASES_MAX, logLevel: 'error', stringKeys: true })
  } catch (error) {
    // What follows is the text itself, which a colon announces.
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split(/:?\n/)
    throw new WrongUsage(`${file} is no YAML: ${line}`)
  }
}

/** A policy as people read and write it. */
export async function formatPolicy(policy: unknown): Promise<string> {
  const { stringify } = await import('yaml')
  return printableLines(stringify(policy, { lineWidth: 0, aliasDuplicateObjects: false }))
}
