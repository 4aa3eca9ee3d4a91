import t from 'tap'
import { openTestApp } from '../testing/test-unit.ts'

t.test('with a shorter site prefix the hex is as wide as the number needs, and the addresses follow', async (t) => {
  const { ask } = await openTestApp(t, { VPNUNIT_PREFIX: '2001:db8::/40' })
  t.match((await ask('POST', '/users', { name: 'ada', number: 65535 })).body, {
    number: 65535,
    hex: 'ffff',
    prefix: '2001:db8:ff:ff00::/56',
  })
  t.match((await ask('POST', '/users', { name: 'bob' })).body, {
    number: 2,
    hex: '0002',
    prefix: '2001:db8:0:200::/56',
  })
  t.match((await ask('POST', '/gateways', { name: 'gw.example.org', user: 'bob', slot: 10 })).body, {
    prefix: '2001:db8:0:2a0::/60',
    address: '2001:db8:0:2af::1',
    networks: ['2001:db8:0:2a0::/64', '2001:db8:0:2a1::/64'],
  })
})

t.test('addresses are spelled as RFC 5952 has them, also where zeros meet', async (t) => {
  const { ask } = await openTestApp(t, { VPNUNIT_PREFIX: '2001:db8::/40' })
  await ask('POST', '/users', { name: 'ada', number: 256 })
  t.match((await ask('POST', '/gateways', { name: 'gw.example.org', user: 'ada' })).body, {
    prefix: '2001:db8:1::/60',
    address: '2001:db8:1:f::1',
    networks: ['2001:db8:1::/64', '2001:db8:1:1::/64'],
  })
})

t.test('the fifteenth network holds the tunnel address, and every network is inside the prefix', async (t) => {
  const { ask } = await openTestApp(t)
  await ask('POST', '/users', { name: 'ada', number: 0xab })
  const { body } = await ask('POST', '/gateways', { name: 'gw.example.org', user: 'ada', slot: 12 })
  const { networks, address } = body as { networks: string[]; address: string }
  t.strictSame(
    networks,
    Array.from({ length: 16 }, (_, n) => `2001:470:c844:ab${n.toString(16).padStart(2, 'c')}::/64`),
  )
  t.equal(address, '2001:470:c844:abcf::1')
})

t.test('times are in UTC to the second, whatever fraction the clock has', async (t) => {
  const { ask, clock } = await openTestApp(t)
  clock.set(new Date('2026-03-01T12:00:00.987Z'))
  t.match((await ask('POST', '/users', { name: 'ada' })).body, { createdAt: '2026-03-01T12:00:00Z' })
  const { body } = await ask('POST', '/gateways', { name: 'gw.example.org', user: 'ada' })
  t.match(body, {
    createdAt: '2026-03-01T12:00:00Z',
    certificate: { notBefore: '2026-03-01T11:55:00Z', notAfter: '2028-06-03T12:00:00Z' },
  })
})

t.test('a certificate is valid, superseded, expired or revoked, and a revoked one stays so when it ends', async (t) => {
  const { ask, clock } = await openTestApp(t, { VPNUNIT_CERT_DAYS: '100', VPNUNIT_RENEW_DAYS: '10' })
  const statuses = async () =>
    ((await ask('GET', '/gateway/gw.example.org/certificates')).body as { status: string }[]).map(
      ({ status }) => status,
    )
  await ask('POST', '/users', { name: 'ada' })
  await ask('POST', '/gateways', { name: 'gw.example.org', user: 'ada' })
  clock.advanceDays(1)
  await ask('POST', '/gateway/gw.example.org/renew', { force: true, old: 'revoke' })
  clock.advanceDays(1)
  await ask('POST', '/gateway/gw.example.org/renew', { force: true })
  t.strictSame(await statuses(), ['valid', 'superseded', 'revoked'])
  clock.set(new Date('2026-06-10T12:00:00Z'))
  t.strictSame(await statuses(), ['valid', 'expired', 'revoked'])
  clock.advanceDays(10)
  t.strictSame(await statuses(), ['expired', 'expired', 'revoked'])
})

t.test('renewableFrom follows the setting, and is what a refusal says', async (t) => {
  const { ask } = await openTestApp(t, { VPNUNIT_CERT_DAYS: '100', VPNUNIT_RENEW_DAYS: '10' })
  await ask('POST', '/users', { name: 'ada' })
  const { body } = await ask('POST', '/gateways', { name: 'gw.example.org', user: 'ada' })
  const renewableFrom = '2026-05-30T12:00:00Z'
  t.match(body, { certificate: { notAfter: '2026-06-09T12:00:00Z', renewableFrom } })
  t.match((await ask('POST', '/gateway/gw.example.org/renew')).body, { renewableFrom })
})
