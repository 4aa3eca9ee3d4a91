import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { HOME } from '../home.ts'
import { samplesOf, typesOf } from '../metrics/testing/samples.ts'
import { wellReport } from '../testing/host-report.ts'
import { askAs, openTestApp } from '../testing/test-unit.ts'
import type { StatusView } from './status.ts'
import { WARNING_CODES } from './warnings.ts'

const REQUESTS = 'vpnunit_http_request_duration_seconds_count'
const STATUSES = ['valid', 'superseded', 'expired', 'revoked'] as const

async function open(t: Test) {
  const app = await openTestApp(t)
  const scrape = async () => samplesOf((await app.ask('GET', '/metrics')).text)
  return { ...app, scrape }
}

async function openWithGateways(t: Test) {
  const app = await open(t)
  await app.ask('POST', '/users', [{ name: 'ada' }, { name: 'bob' }])
  await app.ask('POST', '/gateways', [
    { name: 'attic.example.org', user: 'ada' },
    { name: 'barn.example.org', user: 'ada' },
    { name: 'cellar.example.org', user: 'bob' },
  ])
  return app
}

t.test('metrics are for those who have the token', async (t) => {
  const { api } = await open(t)
  for (const token of [undefined, 'wrong']) {
    t.match((await askAs(api, token)('GET', '/metrics')).body, { type: '/problems/unauthorized', status: 401 })
  }
})

t.test('they are in Prometheus’ text format, every one with its help', async (t) => {
  const { ask } = await open(t)
  const { status, headers, text } = await ask('GET', '/metrics')
  t.equal(status, 200)
  t.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8')
  const helps = [...text.matchAll(/^# HELP (\S+) (.+)$/gm)].map(([, name]) => name)
  t.strictSame(helps, [...typesOf(text).keys()])
  t.ok(text.endsWith('\n'))
})

t.test('they say the same as /status', async (t) => {
  const { ask, scrape } = await openWithGateways(t)
  await ask('POST', '/gateway/attic.example.org/renew', { force: true })
  await ask('POST', '/gateway/barn.example.org/renew', { force: true, old: 'revoke' })
  await ask('DELETE', '/gateway/cellar.example.org')
  const samples = await scrape()
  const status = (await ask('GET', '/status')).body as StatusView
  t.equal(samples.get('vpnunit_revision'), status.revision)
  t.equal(samples.get('vpnunit_users'), status.users)
  t.equal(samples.get('vpnunit_gateways{state="enabled"}'), status.gateways)
  const [valid, superseded, expired, revoked] = STATUSES.map((word) =>
    samples.get(`vpnunit_certificates{status="${word}"}`),
  )
  t.strictSame([valid, superseded, expired, revoked], [3, 1, 0, 2])
  t.strictSame({ valid: Number(valid) + Number(superseded), revoked }, status.certificates)
  const seconds = (text = '') => Date.parse(text) / 1000
  t.equal(samples.get('vpnunit_authority_not_after_timestamp_seconds'), seconds(status.authority.notAfter))
  t.equal(samples.get('vpnunit_server_certificate_not_after_timestamp_seconds'), seconds(status.server?.notAfter))
  t.equal(samples.get('vpnunit_crl_number'), status.crl?.number)
  t.equal(samples.get('vpnunit_crl_entries'), status.crl?.entries)
  t.equal(samples.get('vpnunit_crl_this_update_timestamp_seconds'), seconds(status.crl?.thisUpdate))
  t.equal(samples.get('vpnunit_crl_next_update_timestamp_seconds'), seconds(status.crl?.nextUpdate))
})

t.test('the end of a gateway’s certificate is announced while the gateway is let in', async (t) => {
  const { ask, scrape, clock } = await openWithGateways(t)
  const { body } = await ask('GET', '/gateway/attic.example.org')
  const end = new Date((body as { certificate: { notAfter: string } }).certificate.notAfter)
  for (const name of ['barn', 'cellar']) await ask('POST', `/gateway/${name}.example.org/renew`, { force: true })
  clock.set(new Date(end.getTime() - 13 * 86_400_000))
  for (const name of ['barn', 'cellar']) await ask('POST', `/gateway/${name}.example.org/renew`)
  const ending = async () => {
    const samples = await scrape()
    const within = ['7d', '14d', '30d'].map((span) =>
      samples.get(`vpnunit_gateway_certificates_ending{within="${span}"}`),
    )
    const soonest = samples.get('vpnunit_gateway_certificate_soonest_not_after_timestamp_seconds')
    return { within, soonest, ended: samples.get('vpnunit_gateway_certificates_ended') }
  }
  t.strictSame(await ending(), { within: [0, 1, 1], soonest: end.getTime() / 1000, ended: 0 })
  clock.set(end)
  t.strictSame(await ending(), { within: [0, 0, 0], soonest: end.getTime() / 1000, ended: 1 })
  await ask('PATCH', '/users/ada', { disabled: true })
  t.match(await ending(), { within: [0, 0, 0], ended: 0 })
  t.equal((await scrape()).get('vpnunit_gateways{state="disabled"}'), 2)
})

t.test('every warning is there by its code, as health has it', async (t) => {
  const { ask, scrape, clock } = await open(t)
  const compare = async () => {
    const { warnings } = (await ask('GET', '/health')).body as { warnings: string[] }
    const samples = await scrape()
    for (const code of WARNING_CODES) {
      t.equal(samples.get(`vpnunit_warning{code="${code}"}`), Number(warnings.includes(code)), code)
    }
    return warnings
  }
  await compare()
  clock.advanceDays(300)
  t.ok((await compare()).includes('crl-ending'))
})

t.test('without a revocation list the answer is the rest', async (t) => {
  const { ask, unit, scrape } = await open(t)
  rmSync(unit.layout.crl)
  t.equal((await ask('GET', '/metrics')).status, 200)
  const samples = await scrape()
  t.strictSame(
    [...samples.keys()].filter((series) => series.startsWith('vpnunit_crl_')),
    [],
  )
  t.equal(samples.get('vpnunit_warning{code="crl-missing"}'), 1)
  t.ok(samples.has('vpnunit_authority_not_after_timestamp_seconds'))
})

t.test('requests are counted by the route they matched, whatever the names in them', async (t) => {
  const { ask, scrape, api } = await openWithGateways(t)
  const before = await scrape()
  await ask('GET', '/gateway/attic.example.org')
  await ask('GET', '/gateway/barn.example.org')
  await ask('GET', '/gateway/nobody.example.org')
  await ask('POST', '/users', { name: 'ada' })
  await ask('GET', '/nothing/at/all?name=ada')
  await ask('DELETE', '/users')
  await askAs(api, undefined)('GET', '/users')
  const after = await scrape()
  const more = (labels: string) => {
    const series = `${REQUESTS}{${labels}}`
    return (after.get(series) ?? 0) - (before.get(series) ?? 0)
  }
  t.equal(more('route="/gateway/:fqdn",method="GET",status="2xx"'), 2)
  t.equal(more('route="/gateway/:fqdn",method="GET",status="4xx"'), 1)
  t.equal(more('route="/users",method="POST",status="4xx"'), 1)
  t.equal(more('route="/users",method="GET",status="4xx"'), 1, 'one without a token is counted too')
  t.equal(more('route="unknown",method="GET",status="4xx"'), 1)
  t.equal(more('route="unknown",method="DELETE",status="4xx"'), 1)
})

t.test('a call that is held open until something happens is not counted, unless it is refused', async (t) => {
  const { ask, scrape, api } = await openWithGateways(t)
  t.equal((await ask('GET', '/agent/state?host=vpn1')).status, 200)
  t.equal((await ask('GET', '/events?seconds=0')).status, 200)
  for (const url of ['/agent/state?host=vpn1', '/events']) await askAs(api, undefined)('GET', url)
  const counted = [...(await scrape())].filter(([series]) => /_count.*route="\/(agent|events)/.test(series))
  t.strictSame(counted, [
    [`${REQUESTS}{route="/agent/state",method="GET",status="4xx"}`, 1],
    [`${REQUESTS}{route="/events",method="GET",status="4xx"}`, 1],
  ])
})

t.test('no name of anybody is in it', async (t) => {
  const { ask } = await openWithGateways(t)
  await ask('GET', '/gateway/attic.example.org/config')
  await ask('GET', '/users/ada')
  await ask('GET', '/health/attic.example.org')
  await ask('PATCH', '/users/ada', { disabled: true })
  const { text } = await ask('GET', '/metrics')
  for (const name of ['attic', 'barn', 'cellar', 'example', '"ada', 'bob', '2001:']) t.notMatch(text, name)
})

t.test(
  'docs/metrics.md has a line for each metric, with its labels and type, and none for one that is gone',
  async (t) => {
    const { ask, unit } = await openWithGateways(t)
    await ask('PUT', '/agent/hosts/vpn1', wellReport(unit))
    const { text } = await ask('GET', '/metrics')
    const page = readFileSync(join(HOME, 'docs/metrics.md'), 'utf8')
    const lines = [...page.matchAll(/^\| `([a-z0-9_]+)(\{[a-z_,]+\})?` \| (\w+) \|/gm)]
    const told = lines.map(([, name, labels = '', type]) => `${name}${labels} ${type}`)
    const shown = [...typesOf(text)].map(([name, type]) => `${name}${labelsOf(name, text)} ${type}`)
    // There is none of them yet: OpenVPN serves the first certificate of the server.
    const absent = 'vpnunit_restart_openvpn_before_timestamp_seconds gauge'
    t.ok(shown.includes(absent))
    t.strictSame(told.sort(), shown.sort())
  },
)

/** The labels of a metric, in braces, but for the one that every histogram has. */
function labelsOf(name: string, text: string): string {
  const series = [...samplesOf(text).keys()].find((one) => one.replace(/(_bucket)?(\{.*)?$/, '') === name) ?? ''
  const labels = [...series.matchAll(/([a-z_]+)="/g)].map(([, label]) => label).filter((label) => label !== 'le')
  return labels.length === 0 ? '' : `{${labels.join(',')}}`
}
