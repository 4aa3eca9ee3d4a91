import { join } from 'node:path'
import { parseFeedAnswer } from './feed-answer.ts'
import { type Complaint, jsonParts, readJson, SavedFile } from './saved-file.ts'
import type { Position, StateCopy } from './state-copy.ts'

const NAME = 'state.json'

/** Keeps the copy of the state on disk, so that a started agent decides before it has reached the service. */
export function keepState(folder: string, copy: StateCopy, complain: Complaint): SavedFile {
  return new SavedFile(join(folder, NAME), () => partsOf(copy), complain)
}

function* partsOf(copy: StateCopy): Iterable<string> {
  const saved = copy.save()
  if (saved === undefined) return
  const { gateways, ...head } = saved
  yield* jsonParts(head, 'gateways', gateways)
}

/** Fills the copy with what was kept. One that is damaged counts as none, and is said. */
export function readState(folder: string, copy: StateCopy, complain: Complaint): void {
  try {
    const saved = readJson(join(folder, NAME))
    if (saved === undefined) return
    const { position, retired, site, policy = null, gateways } = saved as Record<string, unknown>
    const { feed, revision, order } = checkPosition(position)
    const answer = parseFeedAnswer({ feed, revision, whole: true, site, policy, gateways, removed: [], orders: [] })
    copy.restore({ position: { feed, revision, order }, retired: checkRetired(retired) }, answer)
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    complain(`${join(folder, NAME)} is damaged and counts as none: ${words}`)
  }
}

function checkPosition(value: unknown): Position {
  const { feed, revision, order } = value as Position
  if (!Number.isSafeInteger(order) || order < 0) throw new Error('position is wrong')
  return { feed, revision, order }
}

function checkRetired(value: unknown): string[] {
  if (!Array.isArray(value) || !value.every((serial) => typeof serial === 'string')) throw new Error('retired is wrong')
  return value
}
