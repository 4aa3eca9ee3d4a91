import type { TokenName } from '../domain/names.ts'
import type { TokenRow } from '../store/tokens.ts'
import type { Unit } from '../unit.ts'
import { type Caller, change } from './change.ts'
import { type Expectation, knownToken } from './known.ts'

/**
 * Removes a token: the next call with it is refused.
 * @throws Problem token-unknown
 */
export function deleteToken(unit: Unit, caller: Caller, name: TokenName, expect: Expectation<TokenRow>): Promise<void> {
  return change(unit, caller, '/tokens', (step) => {
    const token = knownToken(unit, name)
    expect(token)
    unit.store.tokens.remove(name)
    unit.store.tokenUses.forget(name)
    step.record('token.delete', name, { scope: token.scope })
  })
}
