import t from 'tap'
import { hostOfScope, isHostNameText, parseScope } from './scope.ts'

t.test('a scope is one of three kinds', async (t) => {
  for (const good of ['admin', 'read', 'agent:vpn1', 'agent:vpn1.example.org']) t.equal(parseScope(good), good)
  for (const bad of [
    'agent:7',
    'agent:a.7',
    'agent:a..b',
    `agent:${'a'.repeat(64)}`,
    '',
    'Admin',
    'agent',
    'agent:',
    'agent:A',
    'agent:a:b',
    'agent:-',
    'agent:a b',
    'agent:*',
    'write',
  ]) {
    t.throws(() => parseScope(bad), { code: 'bad-request' }, bad)
  }
})

t.test('an agent’s scope names its host', async (t) => {
  t.equal(hostOfScope('agent:vpn1'), 'vpn1')
  t.equal(hostOfScope('admin'), undefined)
  t.notOk(isHostNameText('a/b'))
})
