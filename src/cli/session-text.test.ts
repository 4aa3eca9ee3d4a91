import t from 'tap'
import type { PastSessionView, SessionView } from '../http/session-views.ts'
import { endedText, historyTable, sessionTable, trafficTable } from './session-text.ts'

const session = {
  gateway: 'gw.example.org',
  user: 'ada',
  prefix: '2001:470:c844:200::/60',
  address: '2001:470:c844:20f::1',
  host: 'vpn1',
  instance: 2,
  realAddress: '[2001:db8::7]:4000',
  serial: null,
  since: '2026-03-01T12:00:00Z',
  bytesIn: 1536,
  bytesOut: 5 * 1024 ** 3,
} as unknown as SessionView

const WORDS = [
  'gw.example.org',
  'ada',
  '2001:470:c844:20f::1',
  'vpn1/2',
  '[2001:db8::7]:4000',
  '2026-03-01T12:00:00Z',
  '1.5KiB',
  '5.0GiB',
]

const wordsOf = (line: string | undefined) => line?.split(/\s+/)

t.test('a session is a line of as many words as there are columns', async (t) => {
  const [heading, line] = sessionTable([session]).split('\n')
  t.same(wordsOf(heading), ['GATEWAY', 'USER', 'ADDRESS', 'HOST/INSTANCE', 'FROM', 'SINCE', 'IN', 'OUT'])
  t.same(wordsOf(line), WORDS)
})

t.test('one of the history says its id, until when, and why it ended; one that lives has dashes', async (t) => {
  const past = { id: 7, ...session, until: '2026-03-01T13:00:00Z', reason: 'ended unseen' } as PastSessionView
  const [, ended, living] = historyTable([past, { ...past, until: null, reason: null }]).split('\n')
  t.match(ended, /^7 .* 2026-03-01T13:00:00Z {2}1\.5KiB {2}5\.0GiB {2}ended unseen$/)
  t.match(living, / - +1\.5KiB {2}5\.0GiB {2}-$/)
})

t.test('traffic is a line a day', async (t) => {
  t.equal(
    trafficTable([{ day: '2026-03-01', bytesIn: 0, bytesOut: 2048 }]),
    'DAY         IN  OUT\n2026-03-01  0B  2.0KiB\n',
  )
})

t.test('what was ended is told by instance, and who was not reached by name', async (t) => {
  const instances = [
    { host: 'vpn1', instance: 0, found: 2, ended: 1, left: 1 },
    { host: 'vpn1', instance: 1, found: 0, ended: 0, left: 0 },
  ]
  t.equal(
    endedText({ sessionsEnded: 1, instances, notReached: ['vpn2', 'vpn3'] }),
    [
      'sessions     1 ended',
      'on vpn1/0    found 2, ended 1, left 1',
      'on vpn1/1    found 0, ended 0, left 0',
      'not reached  vpn2',
      'not reached  vpn3',
      '',
    ].join('\n'),
  )
  t.match(endedText({ sessionsEnded: 0, instances: [], notReached: [] }), /^sessions {2}there is no agent/)
})

t.test('what a device or a host calls itself never obeys the terminal', async (t) => {
  const bad = { ...session, realAddress: '\u001b[2J', host: 'a\nb' } as unknown as PastSessionView
  for (const text of [sessionTable([{ ...bad, groups: [] }]), historyTable([{ ...bad, reason: '\u009b' }])]) {
    t.notMatch(text.replaceAll('\n', ''), /\p{Cc}/u)
    t.equal(text.split('\n').length, 3)
  }
})
