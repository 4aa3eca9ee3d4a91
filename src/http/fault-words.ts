import type { FastifySchemaValidationError } from 'fastify'
import { countOf } from '../domain/count.ts'
import type { FieldFault } from '../domain/problem.ts'

/** A fault as ajv tells it; when it is verbose, with the schema that was not kept. */
type SchemaFault = FastifySchemaValidationError & { parentSchema?: Record<string, unknown> }

/** What a pattern, or a type, means to a person: a keyword of the schemas here, `'x-must': 'be a day such as …'`. */
export const MUST = 'x-must'

/** How each type is called by who does not think in schemas. */
const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null',
}

const FORMATS: Readonly<Record<string, string>> = { 'date-time': 'be a time such as 2027-01-31T00:00:00Z' }

/** A fault that a schema found, by its field and in words that say what would be right. */
export function toFieldFault(fault: SchemaFault): FieldFault {
  const { additionalProperty, missingProperty } = fault.params as Record<string, unknown>
  if (additionalProperty !== undefined) {
    return { field: `${fault.instancePath}/${short(additionalProperty)}`, message: 'is unknown here' }
  }
  if (missingProperty !== undefined) {
    return { field: `${fault.instancePath}/${short(missingProperty)}`, message: 'is missing' }
  }
  const wanted = wantedBy(fault)
  return { field: fault.instancePath, message: wanted === undefined ? (fault.message ?? 'is wrong') : `must ${wanted}` }
}

/** The caller's own word, cut: it may be a megabyte. */
function short(word: unknown): string {
  return String(word).slice(0, 64)
}

/** What would be right, to be read after "must". */
function wantedBy({ keyword, params, parentSchema = {} }: SchemaFault): string | undefined {
  const own = parentSchema[MUST]
  switch (keyword) {
    case 'type':
      return typeof own === 'string' ? own : `be ${[params.type].flat().map(typeWords).join(' or ')}`
    case 'pattern':
      return typeof own === 'string' ? own : undefined
    case 'enum':
      return `be ${choiceOf([params.allowedValues].flat())}`
    case 'format':
      return FORMATS[String(params.format)]
    case 'minimum':
    case 'maximum':
      return beOf(rangeWords(parentSchema))
    case 'maxLength':
      return `have at most ${countOf(Number(params.limit), 'character')}`
    case 'minLength':
      return `have at least ${countOf(Number(params.limit), 'character')}`
    case 'maxItems':
      return `have at most ${countOf(Number(params.limit), 'item')}`
    case 'minItems':
      return `have at least ${countOf(Number(params.limit), 'item')}`
    default:
      return undefined
  }
}

function typeWords(type: unknown): string {
  return TYPES[String(type)] ?? String(type)
}

function choiceOf(values: readonly unknown[]): string {
  return values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`
}

function beOf(words: string | undefined): string | undefined {
  return words && `be ${words}`
}

function rangeWords({ minimum, maximum }: Record<string, unknown>): string | undefined {
  if (minimum === undefined && maximum === undefined) return undefined
  if (maximum === undefined) return `${minimum} or more`
  return minimum === undefined ? `${maximum} or less` : `${minimum} to ${maximum}`
}
