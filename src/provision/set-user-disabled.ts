import type { UserName } from '../domain/names.ts'
import type { UserRow } from '../store/users.ts'
import type { Unit } from '../unit.ts'
import { type Caller, changeAndEnd, type Done } from './change.ts'
import { type Expectation, knownUser } from './known.ts'

/**
 * Disables a user, and so all its gateways, or enables it again. Certificates stay as they are.
 * @throws Problem user-unknown
 */
export function setUserDisabled(
  unit: Unit,
  caller: Caller,
  name: UserName,
  disabled: boolean,
  expect: Expectation<UserRow>,
): Promise<Done<UserRow>> {
  return changeAndEnd(unit, caller, `/users/${name}`, (step) => {
    const user = knownUser(unit, name)
    expect(user)
    if (user.disabled === disabled) return user
    unit.store.users.setDisabled(user.number, disabled)
    for (const gateway of unit.store.gateways.namesOfUser(user.number)) {
      step.touched.gateways.add(gateway)
      if (disabled) step.endSessions(gateway)
    }
    step.record(disabled ? 'user.disable' : 'user.enable', name)
    return knownUser(unit, name)
  })
}
