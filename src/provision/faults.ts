import { countOf } from '../domain/count.ts'
import { type FieldFault, Problem } from '../domain/problem.ts'

/** How many faults are listed: enough to see what is wrong. */
const FAULTS_MAX = 50

/** What is wrong with the parts of something large, so that all of it can be said at once. */
export type Faults = {
  /** What `act` returns; a refusal is kept, by the place it belongs to, and nothing is returned. */
  at<T>(field: string, act: () => T): T | undefined
  /** @throws Problem the first of what was refused, with the places of all */
  refuse(): void
}

export function collectFaults(): Faults {
  const refused: { field: string; problem: Problem }[] = []
  return {
    at: (field, act) => {
      try {
        return act()
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        refused.push({ field, problem: error })
        return undefined
      }
    },
    refuse: () => {
      const [first] = refused
      if (first === undefined) return
      const { code, message, extras } = first.problem
      const others = refused.length === 1 ? '' : ` (and ${countOf(refused.length - 1, 'more fault')})`
      const errors: FieldFault[] = refused.map(({ field, problem }) => ({ field, message: problem.message }))
      throw new Problem(code, `${first.field}: ${message}${others}`, { ...extras, errors: errors.slice(0, FAULTS_MAX) })
    },
  }
}
