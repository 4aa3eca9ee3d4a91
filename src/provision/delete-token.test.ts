import t from 'tap'
import { parseTokenName } from '../domain/names.ts'
import { Problem } from '../domain/problem.ts'
import { openTestUnit } from '../testing/test-unit.ts'
import { createToken } from './create-token.ts'
import { deleteToken } from './delete-token.ts'

const CALLER = { actor: 'root', requestId: 'r-1' }
const NAME = parseTokenName('prometheus')

t.test('a token is removed with what was noted of it, and the audit says so', async (t) => {
  const { unit } = await openTestUnit(t)
  await createToken(unit, CALLER, { name: NAME, scope: 'read' })
  unit.store.tokenUses.note(NAME, unit.now())
  await deleteToken(unit, CALLER, NAME, () => undefined)
  t.equal(unit.store.tokens.find(NAME), undefined)
  t.equal(unit.store.tokenUses.latest(NAME), undefined)
  const [row] = unit.store.audit.list(Number.MAX_SAFE_INTEGER, 1)
  t.match(row, { ...CALLER, action: 'token.delete', object: 'prometheus', detail: { scope: 'read' } })
})

t.test('one that is not there, or that the caller saw otherwise, is not removed', async (t) => {
  const { unit } = await openTestUnit(t)
  const refuse = () => {
    throw new Problem('precondition-failed', 'no')
  }
  await t.rejects(deleteToken(unit, CALLER, NAME, refuse), { code: 'token-unknown', message: '"prometheus"' })
  await createToken(unit, CALLER, { name: NAME, scope: 'read' })
  await t.rejects(deleteToken(unit, CALLER, NAME, refuse), { code: 'precondition-failed' })
  t.match(unit.store.tokens.find(NAME), { scope: 'read' })
})
