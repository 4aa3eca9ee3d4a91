import { type FieldFault, Problem } from '../domain/problem.ts'

/** How many objects one call makes at most. */
export const ITEMS_MAX = 500

/** How many faults are listed: enough to see what is wrong with the list. */
const FAULTS_MAX = 50

/**
 * Does the same for every item and returns what it made of each. The faults of all items are reported together, each by
 * its place; a single one is reason enough that nothing is done.
 * @throws Problem items-refused
 */
export function forEachItem<Item, Made>(items: readonly Item[], act: (item: Item, index: number) => Made): Made[] {
  const made: Made[] = []
  const errors: FieldFault[] = []
  items.forEach((item, index) => {
    try {
      made.push(act(item, index))
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      errors.push({ field: `/${index}`, message: error.message })
    }
  })
  refuseItems(errors, items.length)
  return made
}

function refuseItems(errors: FieldFault[], total: number): void {
  const [first] = errors
  if (first === undefined) return
  const others = errors.length === 1 ? '' : ` and ${errors.length - 1} more`
  // A pointer counts from 0, people from 1.
  const item = Number(first.field.slice(1)) + 1
  throw new Problem(
    'items-refused',
    `Nothing was created, because of item ${item} of ${total}${others}: ${first.message}`,
    { errors: errors.slice(0, FAULTS_MAX) },
  )
}
