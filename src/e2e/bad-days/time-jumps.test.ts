import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { GatewayBody, Service } from '../lab/service.ts'
import { temporaryFolder } from '../lab/temporary-folder.ts'
import { until } from '../lab/until.ts'
import { addGateway, addUser, ask } from './asking.ts'
import { asTold, daysAhead, noOtherClock } from './clock.ts'
import { copyFolder } from './copies.ts'
import { warnings } from './health.ts'
import { certificateOf, endOf, readCrl, verify } from './openssl.ts'
import { missing } from './requirements.ts'
import { differences } from './rows-and-files.ts'
import { startService } from './start.ts'

const DAY_MS = 86_400_000
const skip = noOtherClock || missing('openssl')

/** The authority and the server's certificate live ten years, which are 3652 days. */
const MONTH_BEFORE_THE_END = 3622

/** Starts the service so many days from now. */
function startIn(t: Test, data: string, days: number): Promise<Service> {
  return startService(t, data, daysAhead(days))
}

function inDays(days: number): Date {
  return new Date(Date.now() + days * DAY_MS)
}

const original = temporaryFolder(t)

t.before(async () => {
  const service = await startService(t, join(original, 'data'))
  await addUser(service, 'ada')
  await addGateway(service, 'a.example.org')
  await addGateway(service, 'b.example.org')
  writeFileSync(join(original, 'a.pem'), await certificateOf(service, 'a.example.org'))
  writeFileSync(join(original, 'b.pem'), await certificateOf(service, 'b.example.org'))
  await ask(service, 'DELETE', '/gateway/b.example.org')
  await service.stop()
})

/** What was made today and stopped: a gateway a, a gateway b that was deleted, and their certificates. */
function copyToday(t: Test) {
  const folder = copyFolder(t, original)
  const [data, certificate, revoked] = ['data', 'a.pem', 'b.pem'].map((name) => join(folder, name)) as Three
  return { folder, data, certificate, revoked }
}

type Three = [string, string, string]

t.test('a start after two years makes a revocation list that is good then', { skip }, async (t) => {
  const { data, certificate, revoked } = copyToday(t)
  const before = await readCrl(data)
  t.match((await verify(data, [certificate], inDays(730))).get(certificate), /CRL has expired/, 'the old one is not')

  const service = await startIn(t, data, 730)
  const after = await readCrl(data)
  t.ok(after.number > before.number)
  t.ok(after.thisUpdate < inDays(730) && after.nextUpdate > inDays(730 + 300))
  const verdicts = await verify(data, [certificate, revoked], inDays(730))
  t.equal(verdicts.get(certificate), 'OK')
  t.equal(verdicts.get(revoked), 'certificate revoked')
  t.same(await warnings(service), [])
  t.same(await differences(service), [])
})

t.test('a start with the clock set back replaces the list from the future', { skip }, async (t) => {
  const { data, certificate } = copyToday(t)
  await (await startIn(t, data, 730)).stop()
  const future = await readCrl(data)
  t.match((await verify(data, [certificate], inDays(1))).get(certificate), /CRL is not yet valid/)

  const service = await startIn(t, data, 1)
  const now = await readCrl(data)
  t.ok(now.number > future.number, 'its number still grows')
  t.ok(now.thisUpdate < inDays(1))
  t.equal((await verify(data, [certificate], inDays(1))).get(certificate), 'OK')
  t.same(await warnings(service), [])
})

t.test('the server’s certificate is replaced in its last sixty days, once', { skip }, async (t) => {
  const { data } = copyToday(t)
  const path = join(data, 'ovpn/server.crt')
  const before = readFileSync(path, 'utf8')
  const first = await startIn(t, data, MONTH_BEFORE_THE_END)
  const renewed = readFileSync(path, 'utf8')
  t.not(renewed, before)
  t.ok((await warnings(first)).includes('restart-openvpn'))
  t.equal((await verify(data, [path], inDays(MONTH_BEFORE_THE_END))).get(path), 'OK')
  t.ok((await endOf(path)) > inDays(MONTH_BEFORE_THE_END))
  t.match(readFileSync(join(data, 'ovpn/server.key'), 'utf8'), /PRIVATE KEY/)
  t.same(await differences(first), [])
  await first.stop()

  const second = await startIn(t, data, MONTH_BEFORE_THE_END)
  t.equal(readFileSync(path, 'utf8'), renewed, 'a second start leaves it alone')
  t.ok((await warnings(second)).includes('restart-openvpn'), 'OpenVPN is still to be restarted')
})

t.test('a gateway whose certificate has ended is renewed without force', { skip }, async (t) => {
  const { folder, data } = copyToday(t)
  const service = await startIn(t, data, 830)
  t.match((await service.request('GET', '/gateway/a.example.org')).body, { certificate: { status: 'expired' } })
  const renewal = await service.request<GatewayBody>('POST', '/gateway/a.example.org/renew', {})
  t.equal(renewal.status, 201)
  t.equal(renewal.body.certificate.status, 'valid')
  const path = join(folder, 'renewed.pem')
  writeFileSync(path, await certificateOf(service, 'a.example.org'))
  t.equal((await verify(data, [path], inDays(830))).get(path), 'OK')
  t.equal((await service.request('POST', '/gateway/a.example.org/renew', {})).status, 409, 'the new one is not due')
})

t.test('a clock that jumps two years under a running service leaves no list that has ended', { skip }, async (t) => {
  const { folder, data, certificate } = copyToday(t)
  const clock = join(folder, 'clock')
  writeFileSync(clock, '+0')
  const service = await startService(t, data, asTold(clock))
  const before = await readCrl(data)
  writeFileSync(clock, '+730d')
  await until('a new list is in place', 10_000, async () => {
    // It wakes the service, whose timers are all late now; among them those that end idle connections.
    await service.request('GET', '/health').catch(() => undefined)
    return (await readCrl(data)).number > before.number
  })
  t.equal((await verify(data, [certificate], inDays(730))).get(certificate), 'OK')
  t.same(await warnings(service), [])
  t.equal((await service.request('POST', '/gateway/a.example.org/renew', { force: true })).status, 201)
})
