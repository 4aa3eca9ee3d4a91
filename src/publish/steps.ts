import { nothingTouched, type Touched } from './touched.ts'

/** One part of the work, and what is left to be done when it fails. */
export type Step = { of: readonly (keyof Touched)[]; run: (touched: Touched) => void | Promise<void> }

/** Goes all the steps, whatever becomes of one. Returns what is left, with the first fault there was. */
export async function goSteps(
  steps: readonly Step[],
  touched: Touched,
): Promise<{ left: Touched; fault: Error } | undefined> {
  const left = nothingTouched()
  let fault: Error | undefined
  for (const { of, run } of steps) {
    try {
      await run(touched)
    } catch (error) {
      fault ??= error instanceof Error ? error : new Error(String(error))
      for (const kind of of) Object.assign(left, { [kind]: touched[kind] })
    }
  }
  return fault === undefined ? undefined : { left, fault }
}
