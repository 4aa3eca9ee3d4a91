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
  t.equal(
    explanationText(
      { verdict: 'nobody', default: 'open', nobody: ['to'], examples: [] },
      { from: 'user:ada', to: 'group:dev' },
    ),
    'verdict  nobody\nto       group:dev is nobody: no gateway belongs to it at the moment\n',
  )
})

t.test('what is decided without a rule is said in words, apart from the addresses', async (t) => {
  const example = { verdict: 'allow', from: { address: 'host', gateway: null }, to: { address: '::', gateway: null } }
  const explain = (because: string) => {
    const examples = [{ ...example, because, decidedBy: null }]
    return explanationText({ verdict: 'allow', default: 'open', nobody: [], examples } as never, {})
  }
  t.equal(
    explain('not-ours'),
    'verdict  allow\nallow    host to ::\n  by     no rule: neither end is behind the VPN, and the policy has no say\n',
  )
  t.match(explain('default'), '\n  by     the default, open: no rule says anything\n')
})
