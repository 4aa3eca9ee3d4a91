import { countOf } from '../domain/count.ts'
import type { UserName } from '../domain/names.ts'
import { Problem } from '../domain/problem.ts'
import type { UserRow } from '../store/users.ts'
import type { Unit } from '../unit.ts'
import { type Caller, change } from './change.ts'
import { forgetInPolicy } from './forget-in-policy.ts'
import { type Expectation, knownUser } from './known.ts'

/**
 * Removes a user without gateways. Its number rests before somebody else gets it by default, and rules that name it go
 * with it.
 * @throws Problem user-unknown, user-has-gateways
 */
export function deleteUser(unit: Unit, caller: Caller, name: UserName, expect: Expectation<UserRow>): Promise<void> {
  return change(unit, caller, '/users', (step) => {
    const user = knownUser(unit, name)
    expect(user)
    if (user.gateways > 0) {
      throw new Problem(
        'user-has-gateways',
        `${name} still has ${countOf(user.gateways, 'gateway')}: delete ${user.gateways === 1 ? 'it' : 'them'} first.`,
        {
          user: name,
        },
      )
    }
    const forgotten = forgetInPolicy(unit, step, { kind: 'user', name })
    unit.store.users.remove(user.number)
    unit.store.users.rest(user.number, step.at)
    step.record('user.delete', name, { number: user.number, ...forgotten })
  })
}
