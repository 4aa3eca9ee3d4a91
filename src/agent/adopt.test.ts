import t from 'tap'
import { parseFqdn } from '../domain/names.ts'
import { adopt, lookAround } from './adopt.ts'
import { FakeHost, GENERATION, row } from './testing/fake-host.ts'
import { access, delta, GATEWAY, OTHER, SERIAL, whole } from './testing/feed.ts'
import { session } from './testing/session.ts'

const nobody = () => false

function make() {
  const host = new FakeHost()
  host.copy.apply(whole())
  return { host, place: host.place(), link: host.place().link }
}

t.test('established sessions become ours, with the serial where it was kept', async (t) => {
  const { host, place, link } = make()
  host.copy.apply(delta({ gateways: [access({ name: OTHER, number: 3 })] }))
  host.sessions.add(session({ cid: 0, rank: 5 }))
  link.rows = [row(), row({ cid: 7, commonName: OTHER, virtualIpv6Address: '2001:470:c844:30f::1' })]
  await adopt(host, place, nobody)
  t.match(host.told('session-started'), [
    { cid: 0, gateway: GATEWAY, serial: SERIAL, at: '2026-11-21T11:39:40Z' },
    { cid: 7, gateway: OTHER, serial: null, realAddress: '127.0.0.1:52395', at: '2026-11-21T11:39:40.000Z' },
  ])
  t.match(host.told('sessions-present'), [{ instance: 0, generation: GENERATION, cids: [0, 7] }])
  t.match(host.sessions.find(0, 7), { phase: 'established', bytesIn: 11, bytesOut: 22 })
  t.same(link.sent, ['status'], 'and nobody was disturbed')
})

t.test('who waits for an answer that will never come is sent back, who has asked just now is not', async (t) => {
  const { host, place, link } = make()
  host.sessions.add(session({ cid: 3, phase: 'authorized' }))
  const pending = { pending: true, virtualIpv6Address: undefined }
  link.rows = [row({ cid: 3, ...pending }), row({ cid: 4, ...pending })]
  await adopt(host, place, (cid) => cid === 4)
  t.same(link.sent, ['status', 'client-kill 3'])
  t.same([...host.sessions.all()], [])
  t.same(host.told('sessions-present')[0]?.cids, [])
})

t.test('who is in the midst of its handshake is left alone: its question will come', async (t) => {
  const { host, place, link } = make()
  link.rows = [row({ cid: 3, commonName: 'UNDEF', pending: true, virtualIpv6Address: undefined })]
  await adopt(host, place, nobody)
  t.same(link.sent, ['status'])
})

t.test('sessions that ended meanwhile are told of', async (t) => {
  const { host, place } = make()
  host.sessions.add(session({ cid: 9, bytesIn: 3 }))
  await adopt(host, place, nobody)
  t.match(host.told('session-ended'), [{ cid: 9, bytesIn: 3, reason: 'it ended while nobody looked' }])
})

t.test('who may not be is ended: no gateway, disabled, another’s address', async (t) => {
  const { host, place, link } = make()
  const other = parseFqdn('c.example.org')
  host.copy.apply(
    delta({ gateways: [access({ name: OTHER, number: 3, disabled: true }), access({ name: other, number: 4 })] }),
  )
  link.rows = [
    row({ cid: 1, commonName: 'not a name' }),
    row({ cid: 2, commonName: OTHER, virtualIpv6Address: '2001:470:c844:30f::1' }),
    row({ cid: 3, commonName: other }),
    row({ cid: 4 }),
  ]
  await adopt(host, place, nobody)
  t.same(link.sent, ['status', 'client-kill 1', 'client-kill 2', 'client-kill 3'])
  t.equal(host.sessions.owner(GATEWAY)?.cid, 4)
  t.equal(host.sessions.owner(other), undefined)
})

t.test('one that was to be ended when the connection broke is looked at again', async (t) => {
  const { host, place, link } = make()
  host.sessions.add(session({ ending: 'the gateway is disabled' }))
  link.rows = [row()]
  await adopt(host, place, nobody)
  t.equal(host.sessions.find(0, 0)?.ending, undefined, 'it is not disabled any more')
})

t.test('without a state everybody stays', async (t) => {
  const host = new FakeHost()
  host.place().link.rows = [row()]
  await adopt(host, host.place(), nobody)
  t.equal(host.sessions.owner(GATEWAY)?.cid, 0)
})

t.test('a look around takes over whom nobody knew, and leaves those who wait', async (t) => {
  const { host, place, link } = make()
  host.copy.apply(delta({ gateways: [access({ name: OTHER, number: 3, disabled: true })] }))
  link.rows = [
    row({ cid: 1 }),
    row({ cid: 2, pending: true }),
    row({ cid: 3, commonName: OTHER, virtualIpv6Address: '2001:470:c844:30f::1' }),
  ]
  await lookAround(host, place)
  await lookAround(host, place)
  t.equal(host.told('session-started').length, 2)
  t.same(link.sent, ['status', 'client-kill 3', 'status'])
})
