import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { parseFqdn } from '../domain/names.ts'
import { NASTY_TEXTS } from '../testing/nasty.ts'
import { type LookAround, takeEvent } from './client-events.ts'
import type { LinkEvent } from './link.ts'
import { FakeHost, row } from './testing/fake-host.ts'
import { access, delta, GATEWAY, NEW_SERIAL, OTHER, SERIAL, SITE, whole } from './testing/feed.ts'
import { session } from './testing/session.ts'

const KNOWN = {
  common_name: GATEWAY,
  tls_serial_hex_0: SERIAL.replaceAll(/..(?=.)/g, '$&:'),
  untrusted_ip: '192.0.2.1',
  untrusted_port: '5',
}

function connect(cid = 0, values: Record<string, string> = KNOWN): LinkEvent {
  return { type: 'CLIENT:CONNECT', cid, kid: 1, env: new Map(Object.entries(values)) }
}

const reauth = (cid = 0): LinkEvent => ({ type: 'CLIENT:REAUTH', cid, kid: 3, env: new Map(Object.entries(KNOWN)) })
const established = (cid = 0): LinkEvent => ({ type: 'CLIENT:ESTABLISHED', cid, env: new Map() })
const disconnect = (cid = 0): LinkEvent => {
  return {
    type: 'CLIENT:DISCONNECT',
    cid,
    env: new Map([
      ['bytes_received', '7'],
      ['bytes_sent', '8'],
    ]),
  }
}

function make() {
  const host = new FakeHost()
  host.copy.apply(whole())
  let lookedAround = 0
  const lookAround: LookAround = async () => void lookedAround++
  const take = (event: LinkEvent, instance = 0) => takeEvent(host, host.place(instance), event, lookAround)
  return { host, link: host.place().link, take, looked: () => lookedAround }
}

t.test('a session from its beginning to its end', async (t) => {
  const { host, link, take } = make()
  take(connect())
  t.same(link.sent, ['client-auth 0 1 ifconfig-ipv6-push 2001:470:c844:20f::1/112 2001:470:c844::1'])
  t.same(host.events, [], 'nothing has begun yet')
  take(established())
  take({ type: 'BYTECOUNT_CLI', cid: 0, bytesIn: 5, bytesOut: 6 })
  take({ type: 'BYTECOUNT_CLI', cid: 0, bytesIn: 5, bytesOut: 6 })
  take(established())
  take(disconnect())
  take(disconnect())
  const key = { instance: 0, generation: '13942.1795261180', cid: 0 }
  t.match(host.events, [
    { type: 'session-started', ...key, gateway: GATEWAY, serial: SERIAL, realAddress: '192.0.2.1:5' },
    { type: 'traffic', ...key, bytesIn: 5, bytesOut: 6 },
    { type: 'session-ended', ...key, bytesIn: 7, bytesOut: 8, reason: 'it left, or was not heard of any more' },
  ])
  t.equal(host.events.length, 3)
  t.same([...host.sessions.all()], [])
})

t.test('one that is over before it is established never began', async (t) => {
  const { host, take, looked } = make()
  take(connect())
  take(disconnect())
  take(established())
  t.same(host.events, [])
  t.equal(looked(), 1, 'whether it is somebody else is looked up')
})

t.test('the late end of an older session ends no newer one', async (t) => {
  const { host, take } = make()
  take(connect(0))
  take(established(0))
  take(connect(0), 1)
  take(established(0), 1)
  t.same(host.place(0).link.sent.slice(1), [`kill ${GATEWAY}`], 'the older one is ended where it is')
  t.same(host.place(1).link.sent.length, 1)
  take(disconnect(0))
  t.match(host.told('session-ended'), [{ instance: 0, reason: 'replaced by a newer connection' }])
  t.equal(host.sessions.owner(GATEWAY)?.instance, 1)
})

t.test('on one instance a newer connection ends nothing by itself: OpenVPN does', async (t) => {
  const { host, link, take } = make()
  for (const event of [connect(0), established(0), connect(1), disconnect(0), established(1)]) take(event)
  t.equal(link.sent.filter((command) => command.startsWith('kill')).length, 0)
  t.equal(host.sessions.owner(GATEWAY)?.cid, 1)
})

t.test('where it is so set a second connection is refused, and not the same one later', async (t) => {
  const { host, link, take } = make()
  host.copy.apply(delta({ site: { ...SITE, secondSession: 'refuse' } }))
  take(connect(0))
  take(connect(1))
  t.match(link.sent[1], 'client-auth 1', 'a client that began again before it was let in')
  take(disconnect(0))
  take(established(1))
  take(connect(2), 1)
  t.match(host.place(1).link.sent, [
    'client-deny 2 1 the gateway is connected already / the gateway is connected already',
  ])
  take(connect(3))
  t.match(link.sent.at(-1), 'client-deny 3 1 the gateway is connected already')
  take(disconnect(1))
  take(connect(4))
  t.match(link.sent.at(-1), 'client-auth 4')
})

t.test('every renegotiation is answered from the session', async (t) => {
  const { host, link, take } = make()
  take(connect())
  take(established())
  take(reauth())
  t.equal(link.sent.at(-1), 'client-auth-nt 0 3')
  host.copy.apply(delta({ gateways: [access({ serials: [NEW_SERIAL] })] }))
  take(reauth())
  t.equal(link.sent.at(-1), 'client-kill 0', 'a refusal would not end it')
  take(reauth())
  t.equal(link.sent.length, 3, 'and it is ended once')
})

t.test('a renegotiation of somebody unknown is answered when it was looked up', async (t) => {
  const { host, link } = make()
  const lookAround = async () => host.sessions.add(session({ cid: 5, serial: null }))
  takeEvent(host, host.place(), reauth(5), lookAround)
  await turn()
  t.same(link.sent, ['client-auth-nt 5 3'])
  t.equal(host.sessions.find(0, 5)?.serial, SERIAL, 'and its certificate is known now')
  takeEvent(host, host.place(), reauth(6), async () => undefined)
  await turn()
  t.equal(link.sent.length, 1)
})

t.test('the first use of a renewed certificate ends the sessions of the former', async (t) => {
  const { host, take } = make()
  take(connect())
  take(established())
  host.copy.apply(delta({ gateways: [access({ serials: [SERIAL, NEW_SERIAL], retiring: [SERIAL] })] }))
  take(reauth())
  t.equal(host.place().link.sent.at(-1), 'client-auth-nt 0 3', 'until then it is good')
  const renewed = { ...KNOWN, tls_serial_hex_0: NEW_SERIAL.replaceAll(/..(?=.)/g, '$&:') }
  take(connect(0, renewed), 1)
  t.same(host.copy.find(GATEWAY)?.retiring, [SERIAL], 'to ask is no use yet')
  take(established(0), 1)
  t.match(host.copy.find(GATEWAY), { serials: [NEW_SERIAL], retiring: [] })
  t.equal(host.sessions.find(0, 0)?.ending, 'the certificate is revoked or replaced')
  take(connect(1))
  t.match(host.place().link.sent.at(-1), 'client-deny 1 1 the certificate is revoked or replaced')
})

t.test('without a state a client is to come again, and nobody hears of it', async (t) => {
  const host = new FakeHost()
  takeEvent(host, host.place(), connect(), async () => undefined)
  t.same(host.place().link.sent, ['client-deny 0 1 no state yet / TEMP[backoff 3]:the server is not ready'])
  t.same(host.events, [])
})

t.test('who is refused is told to the service, with what it said quoted and cut', async (t) => {
  for (const [what, text] of Object.entries({ ...NASTY_TEXTS, 'a long text': 'x'.repeat(100_000) })) {
    const { host, link, take } = make()
    take(connect(0, { ...KNOWN, common_name: text, username: text, IV_VER: text, untrusted_ip: text }))
    const [refused] = host.told('refused')
    t.match(link.sent, [/^client-deny 0 1 [a-z ]+ \/ [a-z ]+$/], `${what}: nothing of it is sent back`)
    t.notMatch(JSON.stringify(refused), /\p{C}|\u2028/u, `${what}: nothing hidden in it`)
    t.ok((refused?.gateway.length ?? 999) <= 80, `${what}: it is short`)
  }
  const { host, take } = make()
  take(connect(0, { ...KNOWN, common_name: OTHER }))
  t.match(host.told('refused'), [{ gateway: OTHER, reason: 'no such gateway', serial: SERIAL }])
})

t.test('a client whose notification was lost is refused all the same', async (t) => {
  const { link, take } = make()
  take({ type: 'LOST', cid: 4, kid: 1 })
  t.match(link.sent, ['client-deny 4 1 its notification could not be read'])
})

t.test('an answer that OpenVPN does not take leaves no session', async (t) => {
  const { host, link, take } = make()
  link.fault = new Error('client-auth command failed')
  take(connect())
  await turn()
  t.same([...host.sessions.all()], [])
})

t.test('nobody else is hurt by one', async (t) => {
  const { host, take } = make()
  host.copy.apply(delta({ gateways: [access(), access({ name: parseFqdn('c.example.org'), number: 4 })] }))
  take(connect(0))
  take(established(0))
  take(connect(1, { ...KNOWN, common_name: 'c.example.org' }))
  take(established(1))
  t.equal(host.sessions.owner(GATEWAY)?.cid, 0)
  t.match(row(), { cid: 0 })
})
