import t from 'tap'
import type { SessionView } from '../http/session-views.ts'
import { effectiveText, explanationText, ruleWords, sessionRulesTable } from './policy-text.ts'

const rule = { action: 'allow', direction: 'from', peer: 'any', protocol: 'tcp', ports: ['22', '80-90'], network: '1' }

t.test('a rule is one line', async (t) => {
  t.equal(ruleWords(rule), 'allow from any tcp ports 22,80-90 network 1')
  t.equal(ruleWords({ action: 'deny', direction: 'to', peer: 'host', protocol: 'any' }), 'deny to host any')
})

t.test('a session has a line for each of its rules, and one when it has none', async (t) => {
  const session = { gateway: 'a.example.org', address: '2001:db8::1', groups: ['dev', 'ops'] }
  const rules = [1, 2].map((position) => ({ group: 'ops', position, via: [], ...rule }))
  const sessions = [
    { ...session, rules },
    { ...session, groups: [] },
  ] as unknown as SessionView[]
  t.equal(
    sessionRulesTable(sessions),
    `GATEWAY        ADDRESS      GROUPS   GROUP  POSITION  ACTION  DIRECTION  PEER  PROTOCOL  PORTS     NETWORK
a.example.org  2001:db8::1  dev,ops  ops    1         allow   from       any   tcp       22,80-90  1
a.example.org  2001:db8::1  dev,ops  ops    2         allow   from       any   tcp       22,80-90  1
a.example.org  2001:db8::1  -        -      -         -       -          -     -         -         -
`,
  )
})

t.test('a gateway without rules, and words that mean nobody, are told in a line', async (t) => {
  const gateway = 'a.example.org' as never
  t.notMatch(effectiveText({ gateway, default: 'open', groups: [], rules: [] }), 'ACTION')
  t.equal(explanationText({ verdict: 'nobody', default: 'open', examples: [] }), 'verdict  nobody\n')
})
