import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { runFirstLoop } from './lab/kernel-routes.ts'
import { reasonToSkip } from './lab/requirements.ts'
import { type GatewayBody, Service } from './lab/service.ts'
import { isDisabled, isRevoked, makeRequest, StaticVpn } from './lab/static-vpn.ts'
import { isReached, isRefusedAtOnce, OUTSIDE, ping, type Site } from './lab/topology.ts'
import type { Owner } from './lab/undo.ts'

const A = 'a.ada.example.org'
const B = 'b.bob.example.org'
const ROUTE_A = '2001:470:c844:200::/60 dev tun0'
const ROUTE_B = '2001:470:c844:300::/60 dev tun0'
const SITE = 'unreachable 2001:470:c844::/48 metric 4096'

const skip = reasonToSkip('openvpn', 'openssl', 'flock', 'ping', 'sysctl') ?? false

/** Two users with a gateway each, connected with the profiles as they were downloaded: a over IPv4, b over IPv6. */
async function makePair(owner: Owner) {
  const vpn = await StaticVpn.make(owner)
  await vpn.addUsers('ada', 'bob')
  const [bodyA, bodyB] = [await vpn.addGateway(A, 'ada'), await vpn.addGateway(B, 'bob')]
  const [a, b] = await Promise.all([vpn.connectSite(4, bodyA), vpn.connectSite(6, bodyB)])
  return { vpn, a, b, bodyA, bodyB }
}

async function everybodyIsReached(vpn: StaticVpn, a: Site, b: Site): Promise<void> {
  await ping(a.host, b.hostAddress)
  await ping(b.host, a.hostAddress)
  for (const { host, hostAddress } of [a, b]) {
    await ping(vpn.topology.outside, hostAddress)
    await ping(host, OUTSIDE)
  }
}

t.test(
  'the LANs of two gateways and the outside reach each other, by the first loop and by the script',
  { skip },
  async (t) => {
    const { vpn, a, b, bodyA, bodyB } = await makePair(t)
    t.match(bodyA, { prefix: '2001:470:c844:200::/60', address: '2001:470:c844:20f::1' })
    t.match(bodyB, { prefix: '2001:470:c844:300::/60', networks: { length: 16 } })
    t.same(vpn.routes(), [SITE, ROUTE_A, ROUTE_B])
    const { server, outside } = vpn.topology

    t.same(await runFirstLoop(server, vpn.list), { code: 0, stdout: '', stderr: '' })
    await everybodyIsReached(vpn, a, b)
    await server.run('ip', ['-6', 'route', 'flush', 'proto', 'boot', 'root', '2001:470:c844::/48'])
    t.notOk(await isReached(outside, a.hostAddress), 'the loop was the only way')

    t.match(await vpn.applyRoutes(), { code: 0, stdout: / 3 added, /, stderr: '' })
    await everybodyIsReached(vpn, a, b)
    t.same(await vpn.applyRoutes(), { code: 0, stdout: '', stderr: '' })
    await ping(outside, bodyA.address)
    await isRefusedAtOnce(outside, '2001:470:c844:400::10')
    t.match(
      await b.gateway.run('ip', ['-6', 'route']),
      '2001:db8:99::1 via fe80::1 dev wan',
      'the way of the tunnel itself',
    )
  },
)

t.test('a deleted gateway is refused at its next handshake while the other goes on', { skip }, async (t) => {
  const { vpn, a, b } = await makePair(t)
  await vpn.applyRoutes()
  await everybodyIsReached(vpn, a, b)
  t.match(await vpn.ask('DELETE', `/gateway/${A}`), { gateway: A, revokedSerials: { length: 1 } })
  t.same(vpn.routes(), [SITE, ROUTE_B])
  t.match((await vpn.applyRoutes()).stdout, `removed ${ROUTE_A}`)
  await isRefusedAtOnce(vpn.topology.outside, a.hostAddress)
  await a.client.kill()
  await vpn.connectInVain(a.gateway, a.profile, isRevoked(A))
  await ping(vpn.topology.outside, b.hostAddress)
  await vpn.reconnect(b)
  await ping(vpn.topology.outside, b.hostAddress)
})

t.test('a renewed profile works beside the former one, until that is revoked', { skip }, async (t) => {
  const vpn = await StaticVpn.make(t)
  await vpn.addUsers('ada')
  await vpn.addGateway(A, 'ada')
  const first = await vpn.download(A)
  t.match(await vpn.service.request('POST', `/gateway/${A}/renew`), { status: 409 }, 'too early without force')
  t.match(await vpn.service.request('POST', `/gateway/${A}/renew`, { force: true }), { status: 201 })
  const second = await vpn.download(A)
  t.not(readFileSync(first, 'utf8'), readFileSync(second, 'utf8'))
  const [home, away] = [await vpn.topology.addGuest(4), await vpn.topology.addGuest(6)]
  await (await vpn.connect(home, second)).kill()
  await (await vpn.connect(away, first)).kill()

  await vpn.ask('POST', `/gateway/${A}/renew`, { force: true, old: 'revoke' })
  await vpn.connectInVain(home, first, isRevoked(A))
  await vpn.connectInVain(away, second, isRevoked(A))
  await vpn.connect(home, await vpn.download(A))
})

t.test('a name that was deleted and is created again does not let the old file in', { skip }, async (t) => {
  const vpn = await StaticVpn.make(t)
  await vpn.addUsers('ada', 'bob')
  await vpn.addGateway(A, 'ada')
  const guest = await vpn.topology.addGuest(4)
  const old = await vpn.download(A)
  await (await vpn.connect(guest, old)).kill()
  await vpn.ask('DELETE', `/gateway/${A}`)
  await vpn.addGateway(A, 'bob')
  await vpn.connectInVain(guest, old, isRevoked(A))
  await vpn.connect(guest, await vpn.download(A))
  await vpn.applyRoutes()
  await ping(vpn.topology.outside, '2001:470:c844:30f::1')
})

t.test(
  'a disabled gateway, or one of a disabled user, is refused and has no route until it is enabled',
  { skip },
  async (t) => {
    const { vpn, a, b } = await makePair(t)
    await vpn.applyRoutes()
    const outside = vpn.topology.outside
    for (const path of [`/gateway/${A}`, '/users/ada']) {
      await vpn.ask('PATCH', path, { disabled: true })
      t.same(vpn.routes(), [SITE, ROUTE_B], path)
      t.match(await vpn.applyRoutes(), { code: 0, stdout: `removed ${ROUTE_A}` })
      await isRefusedAtOnce(outside, a.hostAddress)
      await a.client.kill()
      await vpn.connectInVain(a.gateway, a.profile, isDisabled(A), /AUTH_FAILED/)
      await ping(outside, b.hostAddress)

      await vpn.ask('PATCH', path, { disabled: false })
      t.match(await vpn.applyRoutes(), { code: 0, stdout: `added ${ROUTE_A}` })
      await vpn.reconnect(a)
      await ping(outside, a.hostAddress)
    }
  },
)

t.test('a profile of a certificate request works when the key is pasted in the marked place', { skip }, async (t) => {
  const vpn = await StaticVpn.make(t)
  await vpn.addUsers('ada')
  const { csr, key } = await makeRequest(vpn.folder, A)
  await vpn.addGateway(A, 'ada', { csr })
  const profile = await vpn.download(A)
  const text = readFileSync(profile, 'utf8')
  t.notMatch(text, 'PRIVATE KEY-----')
  const marks = text.match(/^<key>\n# PASTE HERE .*\n(?=<\/key>$)/gm)
  t.equal(marks?.length, 1)
  writeFileSync(
    profile,
    text.replace(marks?.[0] ?? '', (mark) => mark + key),
  )
  await vpn.connect(await vpn.topology.addGuest(4), profile)
})

t.test('gateways with keys of every kind connect', { skip }, async (t) => {
  const vpn = await StaticVpn.make(t)
  await vpn.addUsers('ada')
  const connectKind = async (keyType: string, number: number) => {
    const body: GatewayBody = await vpn.addGateway(`${keyType}.ada.example.org`, 'ada', { keyType })
    t.equal(body.certificate.keyType, keyType)
    await vpn.connect(await vpn.topology.addGuest(number % 2 === 0 ? 4 : 6), await vpn.download(body.name))
    await vpn.applyRoutes()
    await ping(vpn.topology.outside, body.address)
  }
  await Promise.all(['ec-p256', 'ec-p384', 'ed25519', 'rsa-2048'].map(connectKind))
})

t.test('over TCP it works the same', { skip }, async (t) => {
  const vpn = await StaticVpn.make(t, 'tcp')
  await vpn.addUsers('ada', 'bob')
  const [bodyA, bodyB] = [await vpn.addGateway(A, 'ada'), await vpn.addGateway(B, 'bob')]
  const [a, b] = await Promise.all([vpn.connectSite(4, bodyA), vpn.connectSite(6, bodyB)])
  await vpn.applyRoutes()
  await everybodyIsReached(vpn, a, b)
})

t.test('the VPN goes on when the service dies, and its next start puts the files right', { skip }, async (t) => {
  const { vpn, a, b } = await makePair(t)
  await vpn.applyRoutes()
  await vpn.service.kill9()
  await vpn.reconnect(a)
  await everybodyIsReached(vpn, a, b)

  for (const file of ['ip/routes', `ovpn/clients/${A}`, 'pki/crl.pem']) rmSync(join(vpn.service.data, file))
  await Service.start(t, vpn.service.data, { VPNUNIT_REMOTE: 'vpn.example.org 1194 udp' })
  t.same(vpn.routes(), [SITE, ROUTE_A, ROUTE_B])
  t.same(await vpn.applyRoutes(), { code: 0, stdout: '', stderr: '' })
  await vpn.reconnect(b)
  await everybodyIsReached(vpn, a, b)
})
