import type { Shape } from './command.ts'
import type { ProblemDocument } from './refusal.ts'

/** What begins a refusal of the API that is about its own parts of a request. */
const PART = /^The (body|query|path) is refused: /

/** Tags of what was read are sent along by the command itself, and nobody has seen one. */
const CHANGED = 'Somebody else changed it meanwhile: look at it as it is now, and do it again.'

/**
 * A refusal in the words of whoever typed the command: where the API names a field that came from an option or a name of the
 * call, that one is named.
 */
export function inTypedWords(shape: Shape, problem: ProblemDocument): ProblemDocument {
  if (problem.type === '/problems/precondition-failed') return { ...problem, detail: CHANGED }
  const errors = problem.errors.map(({ field, message }) => ({ field: typedAs(shape, field) ?? field, message }))
  const [typed, given] = [errors[0]?.field ?? '', problem.errors[0]?.field ?? '']
  if (typed === given) return problem
  const detail = problem.detail.replace(PART, '')
  return { ...problem, detail: detail.startsWith(given) ? typed + detail.slice(given.length) : problem.detail, errors }
}

/** What was typed for a field, or for an item of the list that it is: "--key-type" for /keyType, "<name>" for /name. */
function typedAs({ options, operands, fields = {} }: Shape, field: string): string | undefined {
  const [, name = ''] = /^\/(\w+)(?:\/\d+)?$/.exec(field) ?? []
  if (name === '') return undefined
  const option = fields[name] ?? name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  if (Object.hasOwn(options, option)) return `--${option}`
  return operands.some((operand) => operand === option || operand === `${option}?`) ? `<${option}>` : undefined
}
