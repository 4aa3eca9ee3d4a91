import type { Call } from './command.ts'
import { Refusal } from './refusal.ts'

type Wanted<T> = {
  /** Where the collection is, and where the object itself. */
  collection: string
  path: string
  body: object
  /** Whether the object that is there is the one that is wanted. */
  isSame: (present: T) => boolean
}

/** Creates an object, or, with --if-missing, shows the one that is there as it is wanted: a script may run twice. */
export async function createOrKeep<T>(call: Call, { collection, path, body, isSame }: Wanted<T>): Promise<T> {
  try {
    return await call.api.json<T>('POST', collection, body)
  } catch (error) {
    if (!call.switches.has('if-missing') || !isRefusal(error, /-exists$/)) throw error
    const present = await call.api.json<T>('GET', path)
    if (!isSame(present))
      throw new Refusal({ ...error.problem, detail: `${error.message} It differs: see it with show.` })
    return present
  }
}

/** Removes an object; with --if-present, one that is not there is no fault. Returns what the removal answered. */
export async function removeOrMissing<T>(call: Call, path: string): Promise<T | undefined> {
  try {
    return await call.api.json<T>('DELETE', path)
  } catch (error) {
    if (!call.switches.has('if-present') || !isRefusal(error, /-unknown$/)) throw error
    return undefined
  }
}

function isRefusal(error: unknown, code: RegExp): error is Refusal {
  return error instanceof Refusal && code.test(error.code)
}
