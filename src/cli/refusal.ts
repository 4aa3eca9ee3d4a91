import { printable } from './printable.ts'

/** A problem document (RFC 9457), as far as the command line reads it. */
export type ProblemDocument = {
  type: string
  detail: string
  errors: readonly { field: string; message: string }[]
}

/** The service refused; the message is its own words. */
export class Refusal extends Error {
  readonly problem: ProblemDocument

  constructor(problem: ProblemDocument) {
    super(wordsOf(problem))
    this.name = 'Refusal'
    this.problem = problem
  }

  /** The code at the end of the problem's type. */
  get code(): string {
    return this.problem.type.replace('/problems/', '')
  }
}

/** The service did what it could, and what was wanted has not come of it. */
export class NotAchieved extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'NotAchieved'
  }
}

/** The service could not be asked at all, or what answers is not it. */
export class Unreachable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'Unreachable'
  }
}

/** The problem document in a text, with every word of it fit for a terminal; undefined when there is none. */
export function readProblem(text: string): ProblemDocument | undefined {
  const { type, title, detail, errors } = objectIn(text)
  if (typeof type !== 'string' || !type.startsWith('/problems/')) return undefined
  return {
    type,
    detail: printable(String(detail ?? title ?? type)),
    errors: (Array.isArray(errors) ? errors : []).map((fault) => ({
      field: printable(String(fault?.field ?? '')),
      message: printable(String(fault?.message ?? '')),
    })),
  }
}

function objectIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** One fault is in the detail already. */
function wordsOf({ type, detail, errors }: ProblemDocument): string {
  const hint = type === '/problems/unauthorized' ? '\nThe command line reads it from the file VPNUNIT_TOKEN_FILE.' : ''
  const faults = errors.length < 2 ? [] : errors.map(({ field, message }) => `\n  ${field} ${message}`)
  return detail + faults.join('') + hint
}
