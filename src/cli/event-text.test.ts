import t from 'tap'
import { eventLine } from './event-text.ts'

const AT = '2026-03-01T12:00:00Z'

t.test('an event is a line: when, what, where, and its facts', async (t) => {
  const key = { host: 'vpn1', instance: 0, generation: 'g', cid: 4 }
  t.equal(
    eventLine({ type: 'session-started', at: AT, gateway: 'gw.example.org', serial: null, ...key }),
    `${AT}  session-started  host=vpn1/0  gateway=gw.example.org  serial=-\n`,
  )
  t.equal(
    eventLine({ type: 'change', at: AT, revision: 4, actor: 'administrator (socket)', detail: { a: [1] } }),
    `${AT}  change           revision=4  actor="administrator (socket)"  detail={"a":[1]}\n`,
  )
  t.equal(eventLine({ type: 'host-seen', at: AT, host: 'vpn1' }), `${AT}  host-seen        host=vpn1\n`)
})

t.test('nothing in it begins a line or obeys the terminal', async (t) => {
  const bad = { type: 'x\u001b[2J', at: '\u009b1', reason: 'a\nb\r', 'n\u0007': '\u202e', host: '\u2028' }
  const line = eventLine(bad)
  t.notMatch(line.slice(0, -1), /[\p{Cc}\p{Cf}\p{Zl}]/u)
  t.equal(eventLine({}).split('\n').length, 2)
})
