import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { missing } from '../ca/testing/program.ts'
import { reportHost } from '../provision/host-reports.ts'
import { renewServer } from '../provision/renew-server.ts'
import { wellReport } from '../testing/host-report.ts'
import { openTestApp, openTestUnit } from '../testing/test-unit.ts'
import type { Unit } from '../unit.ts'
import { WARNING_CODES, warningsOf } from './warnings.ts'

const noPrlimit = missing('prlimit', ['--version'])

/** The codes that these tests saw. */
const seen = new Set<string>()

function warnings(unit: Unit) {
  const all = warningsOf(unit)
  for (const { code } of all) seen.add(code)
  return all
}

/** The codes, but for the one that depends on where the checkout stands. */
function codesOf(unit: Unit): string[] {
  return warnings(unit)
    .map(({ code }) => code)
    .filter((code) => code !== 'data-not-readable')
}

function detailOf(unit: Unit, code: string): string | undefined {
  return warnings(unit).find((warning) => warning.code === code)?.detail
}

// A write beyond the limit is signalled too; by itself that would end the process.
process.on('SIGXFSZ', () => undefined)

/** Lets no file of this process grow beyond `bytes`, as a full disk would. */
function limitFiles(bytes: number | 'unlimited'): void {
  execFileSync('prlimit', [`--pid=${process.pid}`, `--fsize=${bytes}:`])
}

t.test('a new installation has nothing to warn of', async (t) => {
  const { unit } = await openTestUnit(t)
  t.strictSame(codesOf(unit), [])
})

t.test('storage-failing: until a change can be kept again', { skip: noPrlimit }, async (t) => {
  const { unit, ask } = await openTestApp(t)
  t.teardown(() => limitFiles('unlimited'))
  limitFiles(4096)
  const { status, body } = await ask('POST', '/users', { name: 'ada' })
  t.equal(status, 503)
  t.match(body, { type: '/problems/storage-failed', detail: /^The database can't be written: / })
  t.strictSame(codesOf(unit), ['storage-failing'])
  t.match(detailOf(unit, 'storage-failing'), /^The last change was not kept: /)
  limitFiles('unlimited')
  t.equal((await ask('POST', '/users', { name: 'ada' })).status, 201, 'and the refused one left nothing behind')
  t.strictSame(codesOf(unit), [])
})

t.test('publish-pending: files that are behind, since when and why', async (t) => {
  const { unit, ask, folder } = await openTestApp(t)
  await ask('POST', '/users', { name: 'ada' })
  const inTheWay = join(folder, 'ovpn/clients/attic.example.org')
  mkdirSync(join(inTheWay, 'x'), { recursive: true })
  t.equal((await ask('POST', '/gateways', { name: 'attic.example.org', user: 'ada' })).status, 503)
  t.strictSame(codesOf(unit), ['publish-pending'])
  t.match(detailOf(unit, 'publish-pending'), /^Files are behind the database, since 2026-03-01T12:00:00Z: EISDIR/)
  rmSync(inTheWay, { recursive: true })
  t.equal((await ask('PATCH', '/gateway/attic.example.org', { disabled: true })).status, 200)
  t.strictSame(codesOf(unit), [])
})

t.test('crl-missing: a start that could not put a revocation list in place', async (t) => {
  const folder = join(t.testdir({ data: { pki: { 'crl.pem': { x: '' } } } }), 'data')
  const { unit } = await openTestUnit(t, {}, { folder })
  t.ok(codesOf(unit).includes('crl-missing'))
  t.match(detailOf(unit, 'crl-missing'), /^No revocation list is in place/)
})

t.test('crl-ending: less than a quarter of the list’s life is left', async (t) => {
  const { unit, clock } = await openTestUnit(t, { VPNUNIT_CRL_DAYS: '100' })
  clock.set(new Date('2026-05-15T11:55:00Z'))
  t.strictSame(codesOf(unit), [])
  clock.set(new Date('2026-05-15T11:55:01Z'))
  t.strictSame(codesOf(unit), ['crl-ending'])
  t.match(
    detailOf(unit, 'crl-ending'),
    /^The revocation list ends 2026-06-09T11:55:00Z, and then OpenVPN refuses everybody/,
  )
})

t.test('authority-ending: less than a year is left', async (t) => {
  const { unit, clock } = await openTestUnit(t, { VPNUNIT_CRL_DAYS: '3650' })
  clock.set(new Date('2035-03-01T12:00:00Z'))
  t.notOk(codesOf(unit).includes('authority-ending'))
  clock.set(new Date('2035-03-01T12:00:01Z'))
  t.ok(codesOf(unit).includes('authority-ending'))
  t.match(detailOf(unit, 'authority-ending'), /ends 2036-02-29T12:00:00Z$/)
})

t.test(
  'server-certificate-ending, then restart-openvpn when it was renewed and until the former one ends',
  async (t) => {
    const { unit, clock } = await openTestUnit(t, { VPNUNIT_CRL_DAYS: '3650' })
    clock.set(new Date('2035-12-31T12:00:00Z'))
    t.notOk(codesOf(unit).includes('server-certificate-ending'), 'sixty days')
    clock.set(new Date('2036-01-05T12:00:00Z'))
    t.ok(codesOf(unit).includes('server-certificate-ending'))
    t.match(detailOf(unit, 'server-certificate-ending'), /^The server’s certificate ends 2036-02-29T12:00:00Z$/)
    const former = unit.store.certificates.findServer()?.serial
    t.ok(await renewServer(unit))
    t.match(
      detailOf(unit, 'restart-openvpn'),
      `Restart OpenVPN before 2036-02-29T12:00:00Z: until then it serves the former one, ${former}`,
    )
    clock.set(new Date('2036-02-29T12:00:00Z'))
    t.notOk(codesOf(unit).includes('restart-openvpn'))
  },
)

t.test('data-not-readable: a folder on the way that OpenVPN can’t enter as nobody', async (t) => {
  const { unit, folder } = await openTestUnit(t)
  chmodSync(folder, 0o700)
  const detail = detailOf(unit, 'data-not-readable')
  chmodSync(folder, 0o755)
  t.match(detail, /others may not enter \/.*; chmod o\+x it, or move VPNUNIT_DATA$/)
})

t.test(
  'host-silent, instance-not-connected, routes-missing, firewall-failing: what host-warnings.ts finds is among them',
  async (t) => {
    const { unit, clock } = await openTestUnit(t)
    const instances = [{ instance: 0, connected: false, version: null, generation: null, sessions: 0 }]
    const routes = { connected: true, wanted: 1, missing: 1, repairs: 0, fault: null }
    const firewall = { state: 'failing', gateways: 0, drift: 0, cut: 0, fault: null } as const
    await reportHost(unit, 'vpn1', wellReport(unit, { instances, routes, firewall }))
    t.strictSame(codesOf(unit), ['instance-not-connected', 'routes-missing', 'firewall-failing'])
    clock.advanceDays(1)
    t.strictSame(codesOf(unit), ['host-silent'])
  },
)

t.test('agent-socket-missing: since a start that could not make it', async (t) => {
  const { unit } = await openTestUnit(t)
  unit.agentSocket.fault = 'EACCES: permission denied'
  t.strictSame(codesOf(unit), ['agent-socket-missing'])
  t.match(detailOf(unit, 'agent-socket-missing'), /by its socket: EACCES: permission denied. Mend that and restart/)
})

t.test('each code there is was seen here', { skip: noPrlimit }, async (t) => {
  t.strictSame([...seen].sort(), [...WARNING_CODES].sort())
})
