import t from 'tap'
import { ManagedHost } from './lab/managed-host.ts'
import { A } from './lab/managed-pair.ts'
import { reasonToSkip } from './lab/requirements.ts'
import { ping } from './lab/topology.ts'
import { until } from './lab/until.ts'

const SOON_MS = 20_000

const skip = reasonToSkip('openvpn', 'ping') ?? false

t.setTimeout(240_000)

t.test('the newest connection of a gateway wins, on whichever instance', { skip }, async (t) => {
  const vpn = await ManagedHost.make(t)
  const body = await vpn.addGateway(A, 'ada')
  const first = await vpn.connectSite(4, body)
  const elsewhere = await vpn.topology.addGuest(4)
  await vpn.connect(elsewhere, await vpn.profile(A, 1))
  await vpn.routesAre(`${body.prefix} tun1`)
  await vpn.sessionsAre('the one on instance 1', (all) => all.length === 1 && all[0]?.instance === 1)
  t.match((await vpn.history()).at(-1), { instance: 0, reason: 'replaced by a newer connection' })
  await first.client.kill()
})

t.test('a renewal that retires revokes the former certificate when the new one is used', { skip }, async (t) => {
  const vpn = await ManagedHost.make(t)
  const body = await vpn.addGateway(A, 'ada')
  const a = await vpn.connectSite(4, body)
  await vpn.ask('POST', `/gateway/${A}/renew`, { force: true, old: 'retire' })
  await a.client.kill()
  const again = await vpn.connect(a.gateway, a.profile)
  await ping(vpn.topology.outside, a.hostAddress)
  await again.kill()
  await vpn.connect(a.gateway, await vpn.profile(A))
  await until('the former one is revoked', SOON_MS, async () => {
    const all = await vpn.ask<{ serial: string; status: string }[]>('GET', `/gateway/${A}/certificates`)
    return all.find(({ serial }) => serial === body.certificate.serial)?.status === 'revoked'
  })
  await ping(vpn.topology.outside, a.hostAddress)
  t.match(await vpn.ask('GET', '/audit?limit=1'), [{ action: 'gateway.retire', object: A }])
})

t.test('a second connection is refused where it is so set', { skip }, async (t) => {
  const vpn = await ManagedHost.make(t, { VPNUNIT_SECOND_SESSION: 'refuse' })
  const body = await vpn.addGateway(A, 'ada')
  const first = await vpn.connectSite(4, body)
  const second = vpn.start(await vpn.topology.addGuest(6), await vpn.profile(A, 1))
  await second.waitFor(/AUTH_FAILED,the gateway is connected already/, SOON_MS)
  await vpn.routesAre(`${body.prefix} tun0`)
  await ping(vpn.topology.outside, first.hostAddress)
})
