import { NUMBER_REST_MS } from '../domain/lifetime.ts'
import { quote, type UserName } from '../domain/names.ts'
import { FIRST_USER, hexOf, lastUser } from '../domain/plan.ts'
import { Problem } from '../domain/problem.ts'
import type { UserRow } from '../store/users.ts'
import type { Unit } from '../unit.ts'
import { type Caller, change, type Step } from './change.ts'
import { forEachItem } from './items.ts'
import { knownUser } from './known.ts'

export type WantedUser = { name: UserName; number?: number | undefined }

/**
 * Makes a user with the lowest free number, or with the one that was asked for.
 * @throws Problem user-exists, number-taken, users-full
 */
export function createUser(unit: Unit, caller: Caller, wanted: WantedUser): Promise<UserRow> {
  return change(unit, caller, `/users/${wanted.name}`, (step) => insertUser(unit, step, wanted))
}

/**
 * Makes several users, all or none.
 * @throws Problem items-refused, naming each that can't be made, and why
 */
export function createUsers(unit: Unit, caller: Caller, wanted: readonly WantedUser[]): Promise<UserRow[]> {
  return change(unit, caller, '/users', (step) => forEachItem(wanted, (one) => insertUser(unit, step, one)))
}

function insertUser(unit: Unit, step: Step, wanted: WantedUser): UserRow {
  if (unit.store.users.find(wanted.name) !== undefined) {
    throw new Problem('user-exists', `There is a user ${quote(wanted.name)} already.`, { user: wanted.name })
  }
  const number = numberFor(unit, wanted, step.at)
  unit.store.users.wake(number)
  unit.store.users.insert({ name: wanted.name, number, createdAt: step.at })
  step.record('user.create', wanted.name, { number })
  return knownUser(unit, wanted.name)
}

function numberFor(unit: Unit, { number }: WantedUser, now: Date): number {
  const { users } = unit.store
  const last = lastUser(unit.config.plan)
  if (number === undefined) {
    users.wakeRested(new Date(now.getTime() - NUMBER_REST_MS))
    const free = users.lowestFree(FIRST_USER)
    const chosen = free <= last ? free : users.longestAtRest(last)
    if (chosen !== undefined) return chosen
    throw new Problem('users-full', `All ${last - FIRST_USER + 1} numbers of the site prefix have a user.`)
  }
  if (number < FIRST_USER || number > last) {
    const range = `${FIRST_USER} to ${last} (${hexOf(unit.config.plan, FIRST_USER)} to ${hexOf(unit.config.plan, last)})`
    throw new Problem('bad-request', `The number must be ${range}; ${number} is not.`, { number })
  }
  const holder = users.holder(number)
  if (holder !== undefined) throw new Problem('number-taken', `The number ${number} is ${holder}'s.`, { number })
  return number
}
