import type { Call } from './command.ts'
import { Refusal } from './refusal.ts'

type Wanted<T> = {
  /** Where the collection is, and where the object itself. */
  collection: string
  path: string
  body: object
  /** In what the object that is there is not the one that is wanted: "its user is ada, not eve". */
  differences: (present: T) => string[]
}

/** Creates an object, or, with --if-missing, shows the one that is there as it is wanted: a script may run twice. */
export async function createOrKeep<T>(call: Call, { collection, path, body, differences }: Wanted<T>): Promise<T> {
  try {
    return await call.api.json<T>('POST', collection, body)
  } catch (error) {
    if (!call.switches.has('if-missing') || !isRefusal(error, /-exists$/)) throw error
    const present = await call.api.json<T>('GET', path)
    const words = differences(present).join(', and ')
    if (words !== '') throw new Refusal({ ...error.problem, detail: `${error.message} It differs: ${words}.` })
    return present
  }
}

/** What is said where a wanted value is given and is not the present one. */
export function differenceIn<Value>(what: string, present: Value, wanted: Value | undefined): string[] {
  return wanted === undefined || wanted === present ? [] : [`its ${what} is ${quoted(present)}, not ${quoted(wanted)}`]
}

/** A text of several words, or of none, is seen as one. */
function quoted(value: unknown): string {
  return typeof value === 'string' && !/^\S+$/.test(value) ? JSON.stringify(value) : String(value)
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
