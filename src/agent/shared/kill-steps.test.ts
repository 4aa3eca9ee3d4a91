import t from 'tap'
import { killSteps } from './kill-steps.ts'

t.test('without the setting nothing is ended, and the setting is named', async (t) => {
  for (const verb of ['kill', 'client-kill'] as const) {
    t.match(killSteps(verb, ['1'], false), [{ kind: 'say', text: /^ERROR: .*VPNUNIT_SHARED_KILL/ }])
  }
})

t.test('with it a name, an address or a client id is sent on, quoted', async (t) => {
  t.same(killSteps('kill', ['a "b'], true), [{ kind: 'do', line: 'kill "a \\"b"' }])
  t.same(killSteps('kill', ['192.0.2.1:55'], true), [{ kind: 'do', line: 'kill 192.0.2.1:55' }])
  t.same(killSteps('client-kill', ['7'], true), [{ kind: 'do', line: 'client-kill 7' }])
  t.same(killSteps('client-kill', ['7', 'HALT'], true), [{ kind: 'do', line: 'client-kill 7 "HALT"' }])
})

t.test('what OpenVPN would refuse or misread is not sent', async (t) => {
  const cases: ['kill' | 'client-kill', string[]][] = [
    ['kill', []],
    ['client-kill', []],
    ['client-kill', ['x']],
    ['kill', ['::1']],
    ['kill', ['1.2.3.4:99999']],
    ['kill', ['x'.repeat(128)]],
    ['client-kill', ['1', 'x'.repeat(257)]],
  ]
  for (const [verb, rest] of cases) t.match(killSteps(verb, rest, true), [{ kind: 'say', text: /^ERROR: / }])
})
