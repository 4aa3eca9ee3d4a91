import t from 'tap'
import { parseFqdn, parseGroupName, parseUserName } from '../domain/names.ts'
import { planOf } from '../domain/plan.ts'
import { parsePrefix } from '../domain/prefix.ts'
import { renderSessionFile } from './session-file.ts'

t.test('a session is a JSON object, a line for each member', async (t) => {
  const session = {
    gateway: parseFqdn('gw.example.org'),
    user: parseUserName('ada'),
    number: 2,
    slot: 0,
    host: 'vpn1',
    instance: 0,
    realAddress: '192.0.2.7:40000',
    startedAt: new Date('2026-03-01T12:00:00Z'),
  }
  const text = renderSessionFile(planOf(parsePrefix('2001:470:c844::/48')), session, [parseGroupName('ops')])
  t.equal(
    text,
    `{
  "gateway": "gw.example.org",
  "user": "ada",
  "address": "2001:470:c844:20f::1",
  "prefix": "2001:470:c844:200::/60",
  "host": "vpn1",
  "instance": 0,
  "realAddress": "192.0.2.7:40000",
  "since": "2026-03-01T12:00:00Z",
  "groups": [
    "ops"
  ]
}
`,
  )
})
