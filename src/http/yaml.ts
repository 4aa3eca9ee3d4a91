import { Problem } from '../domain/problem.ts'

export const YAML_TYPE = 'application/yaml'

/** How often one part of a document may be repeated by reference: a few bytes must not become gigabytes. */
const ALIASES_MAX = 100

/**
 * What a text in YAML says, as JSON would. The parser is loaded by whoever has some.
 * @throws Problem bad-request
 */
export async function readYaml(text: string): Promise<unknown> {
  const { parse } = await import('yaml')
  try {
    return parse(text, { maxAliasCount: ALIASES_MAX, logLevel: 'error', prettyErrors: true, stringKeys: true })
  } catch (error) {
    // What follows is the text itself, which a colon announces.
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split(/:?\n/)
    throw new Problem('bad-request', `The body is no YAML: ${line.slice(0, 200)}.`, {}, { cause: error })
  }
}

export async function writeYaml(value: unknown): Promise<string> {
  const { stringify } = await import('yaml')
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false })
}
