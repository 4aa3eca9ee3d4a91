import t from 'tap'
import { parseTokenName } from '../domain/names.ts'
import { digestOfToken, isTokenText } from '../domain/token-text.ts'
import { openTestUnit } from '../testing/test-unit.ts'
import { createToken } from './create-token.ts'

const CALLER = { actor: 'root', requestId: 'r-1' }
const NAME = parseTokenName('prometheus')

t.test('a token is made of its own, kept as a digest, and stands in the audit without its text', async (t) => {
  const { unit } = await openTestUnit(t)
  const expiresAt = new Date('2027-01-01T00:00:00.700Z')
  const { token, text } = await createToken(unit, CALLER, { name: NAME, scope: 'read', expiresAt })
  const whole = new Date('2027-01-01T00:00:00Z')
  t.same(token, { name: NAME, scope: 'read', createdAt: unit.now(), expiresAt: whole, lastUsedAt: null })
  t.ok(isTokenText(text.reveal()))
  t.match(unit.store.tokens.findByDigest(digestOfToken(text.reveal())), { name: NAME })
  const [row] = unit.store.audit.list(Number.MAX_SAFE_INTEGER, 1)
  const detail = { scope: 'read', expiresAt: '2027-01-01T00:00:00Z' }
  t.match(row, { ...CALLER, action: 'token.create', object: 'prometheus', detail })
  t.notMatch(JSON.stringify(row), text.reveal())
  const other = await createToken(unit, CALLER, { name: parseTokenName('b'), scope: 'agent:vpn1' })
  t.not(other.text.reveal(), text.reveal())
  t.match(other.token, { scope: 'agent:vpn1', expiresAt: null })
})

t.test('a name is one token’s at a time', async (t) => {
  const { unit } = await openTestUnit(t)
  await createToken(unit, CALLER, { name: NAME, scope: 'read' })
  const revision = unit.store.site.revision()
  await t.rejects(createToken(unit, CALLER, { name: NAME, scope: 'admin' }), {
    code: 'token-exists',
    message: '"prometheus"',
  })
  t.equal(unit.store.site.revision(), revision)
  t.match(unit.store.tokens.find(NAME), { scope: 'read' })
})

t.test('a token that has ended before it began is refused', async (t) => {
  const { unit, clock } = await openTestUnit(t)
  for (const ms of [-86_400_000, 0, 999]) {
    const expiresAt = new Date(clock.now().getTime() + ms)
    await t.rejects(createToken(unit, CALLER, { name: NAME, scope: 'read', expiresAt }), {
      code: 'bad-request',
      message: '/expiresAt must be in the future',
      extras: { errors: [{ field: '/expiresAt' }] },
    })
  }
  const expiresAt = new Date(clock.now().getTime() + 1000)
  t.match(await createToken(unit, CALLER, { name: NAME, scope: 'read', expiresAt }), { token: { expiresAt } })
})
