import t from 'tap'
import { NASTY_TEXTS } from '../../testing/nasty.ts'
import { byName, formatMember, parseMember } from './policy.ts'

t.test('a member is a user or a gateway, and is written as it was read', async (t) => {
  for (const text of ['user:ada', 'gateway:gw.example.org']) t.equal(formatMember(parseMember(text)), text)
})

t.test('anything else is no member', async (t) => {
  for (const text of ['ada', 'group:ops', 'user:', 'user:Ada', 'gateway:gw', 'any', ...Object.values(NASTY_TEXTS)]) {
    t.throws(() => parseMember(text), { code: 'bad-name' }, text.slice(0, 40))
  }
  for (const text of Object.values(NASTY_TEXTS)) {
    if (text !== 'constructor') t.throws(() => parseMember(`user:${text}`), { code: 'bad-name' }, text.slice(0, 40))
  }
})

t.test('groups stand in the order of their letters, whatever the language', async (t) => {
  const names = ['ops', 'b', 'a-b', 'a', 'a1', 'ops'].map((name) => ({ name }))
  t.strictSame(
    names.sort(byName).map(({ name }) => name),
    ['a', 'a-b', 'a1', 'b', 'ops', 'ops'],
  )
})
