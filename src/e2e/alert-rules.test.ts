import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import t, { type Test } from 'tap'
import { HOME } from '../home.ts'
import { WARNING_CODES } from '../http/warnings.ts'
import { samplesOf, typesOf } from '../metrics/testing/samples.ts'
import { renewServer } from '../provision/renew-server.ts'
import { wellReport } from '../testing/host-report.ts'
import { openTestApp, type TestApp } from '../testing/test-unit.ts'
import { exec } from './lab/exec.ts'

const FOLDER = join(HOME, 'docs/alerts')
const RULES = join(FOLDER, 'vpnunit.rules.yml')
const CASES = join(FOLDER, 'vpnunit.rules.test.yml')

const isInstalled = (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'promtool')))
const needsPromtool = { skip: isInstalled ? false : 'not installed: promtool, of the Debian package prometheus' }

function promtool(args: string[], input?: string) {
  return exec('promtool', args, input === undefined ? {} : { input })
}

const rules = () => readFileSync(RULES, 'utf8')
const alertNames = () => [...rules().matchAll(/^ +- alert: (\w+)$/gm)].map(([, name]) => String(name))

/** The conditions alone: what is between `expr:` and the next key of a rule. */
const conditions = () => [...rules().matchAll(/^ {8}expr: ([\s\S]+?)\n {8}\w+:/gm)].map(([, text]) => String(text))

/** A unit that has something of everything, asked for everything. */
async function openBusyApp(t: Test): Promise<TestApp> {
  const app = await openTestApp(t)
  await app.ask('POST', '/users', { name: 'ada' })
  await app.ask('POST', '/gateways', { name: 'attic.example.org', user: 'ada' })
  await app.ask('POST', '/gateway/attic.example.org/renew', { force: true })
  await app.ask('GET', '/nothing')
  await app.ask('PUT', '/agent/hosts/vpn1', wellReport(app.unit))
  return app
}

/** What a Prometheus that scrapes this answer keeps of it; its clock begins at nought when the tests' begins at START. */
function seriesOf(text: string, now: Date): { series: string; values: string }[] {
  return [...samplesOf(text)].map(([series, value]) => {
    const at = series.includes('{') ? series.indexOf('{') : series.length
    const labels = series.slice(at + 1, -1)
    const name = series.slice(0, at)
    const shown = name.endsWith('_timestamp_seconds') ? value - now.getTime() / 1000 : value
    const whole = `${name}{job="vpnunit",instance="a"${labels === '' ? '' : `,${labels}`}}`
    return { series: whole, values: `${shown}x120` }
  })
}

/** Which alerts fire after two hours of such answers; promtool is asked, by a test that must hold. */
async function expectFiring(t: Test, text: string, now: Date, names: string[]): Promise<void> {
  const up = { series: 'up{job="vpnunit",instance="a"}', values: '1x120' }
  const expected = names.map((name) => ({ labels: `{alertname="${name}"}`, value: 1 }))
  const expr = 'count by (alertname) (ALERTS{alertstate="firing"})'
  const test = {
    interval: '1m',
    input_series: [up, ...seriesOf(text, now)],
    promql_expr_test: [{ expr, eval_time: '2h', exp_samples: expected }],
  }
  const file = join(t.testdir({}), 'cases.yml')
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ rule_files: [RULES], evaluation_interval: '1m', tests: [test] }))
  const { code, stdout, stderr } = await promtool(['test', 'rules', file])
  t.equal(code, 0, names.join(', ') || 'none', { stdout, stderr })
}

t.test('the rules are right in the eyes of promtool', needsPromtool, async (t) => {
  const { code, stdout, stderr } = await promtool(['check', 'rules', RULES])
  t.equal(code, 0, stderr)
  t.match(stdout, `${alertNames().length} rules found`)
})

t.test('each alert fires when it should, and not otherwise', needsPromtool, async (t) => {
  const { code, stdout, stderr } = await promtool(['test', 'rules', CASES])
  t.equal(code, 0, stdout + stderr)
  const cases = readFileSync(CASES, 'utf8')
  for (const name of alertNames()) t.match(cases, `{alertname="${name}"}`, `${name} is shown to fire`)
  t.match(
    cases,
    /eval_time: 3h, exp_samples: \[\]/,
    'every question is for all alerts, so one of them shows that none does',
  )
})

t.test('each alert says how bad it is, what is the matter, and what to do', (t) => {
  const blocks = rules()
    .split(/^ +- alert: /m)
    .slice(1)
  for (const block of blocks) {
    const [name = ''] = block.split('\n', 1)
    t.match(block, /^ {10}severity: (critical|warning)$/m, name)
    t.match(block, /^ {10}summary: \S/m, name)
    t.match(block, /^ {10}description: >-\n( {12}\S.+\n)+/m, name)
  }
  t.end()
})

t.test('the page about alerts has a line for each, with its severity', (t) => {
  const page = readFileSync(join(HOME, 'docs/metrics.md'), 'utf8')
  const lines = [...page.matchAll(/^\| (Vpnunit\w+) \| (\w+) \|/gm)].map(([, name, severity]) => [name, severity])
  const severities = [...rules().matchAll(/severity: (\w+)/g)].map(([, severity]) => severity)
  t.strictSame(
    lines,
    alertNames().map((name, index) => [name, severities[index]]),
  )
  t.end()
})

t.test('every warning has an alert', (t) => {
  const own: Record<string, string> = {
    'restart-openvpn': 'vpnunit_restart_openvpn_before_timestamp_seconds',
    'host-silent': 'vpnunit_host_reachable == 0',
    'instance-not-connected': 'vpnunit_host_instances_not_connected > 0',
  }
  for (const code of WARNING_CODES) t.match(conditions().join('\n'), own[code] ?? `code="${code}"`, code)
  t.end()
})

t.test('the real answer is right in the eyes of promtool', needsPromtool, async (t) => {
  const { ask } = await openBusyApp(t)
  const { text } = await ask('GET', '/metrics')
  t.strictSame(await promtool(['check', 'metrics'], text), { code: 0, stdout: '', stderr: '' })
})

t.test('every metric and every label that a condition names is in the real answer', async (t) => {
  const { ask, clock, unit } = await openBusyApp(t)
  clock.advanceDays(3600)
  t.ok(await renewServer(unit), 'so that there is a former certificate of the server')
  const { text } = await ask('GET', '/metrics')
  const names = new Set(
    conditions()
      .join('\n')
      .match(/\b(vpnunit|process|nodejs)_\w+/g),
  )
  t.ok(names.size >= 10)
  for (const name of names) {
    t.ok(typesOf(text).has(name.replace(/_(count|sum|bucket)$/, '')), name)
    t.ok(
      [...samplesOf(text).keys()].some((series) => series.split('{', 1)[0] === name),
      `${name} has a sample`,
    )
  }
  for (const [, label, value] of conditions()
    .join('\n')
    .matchAll(/\b(code|within|status)="([^"]+)"/g)) {
    if (value !== '5xx') t.match(text, `${label}="${value}"`)
  }
})

t.test('the real answer of a service that is well raises nothing', needsPromtool, async (t) => {
  const { ask, clock } = await openBusyApp(t)
  const { text } = await ask('GET', '/metrics')
  await expectFiring(t, text.replace('{code="data-not-readable"} 1', '{code="data-not-readable"} 0'), clock.now(), [])
})

t.test(
  'the real answer of one that nobody looked after for years raises what is the matter',
  needsPromtool,
  async (t) => {
    const { ask, clock } = await openBusyApp(t)
    clock.advanceDays(3645)
    const { text } = await ask('GET', '/metrics')
    const firing = [
      'VpnunitAuthorityEnding',
      'VpnunitAuthorityLastDays',
      'VpnunitCrlEnded',
      'VpnunitCrlEnding',
      'VpnunitGatewayCertificatesEnded',
      'VpnunitServerCertificateEnding',
      'VpnunitServerCertificateLastDays',
    ]
    await expectFiring(
      t,
      text.replace('{code="data-not-readable"} 1', '{code="data-not-readable"} 0'),
      clock.now(),
      firing,
    )
  },
)

t.test('the configuration in docs/metrics.md is one that Prometheus takes', needsPromtool, async (t) => {
  const page = readFileSync(join(HOME, 'docs/metrics.md'), 'utf8')
  const [, config = ''] = /```yaml\n([\s\S]+?)```/.exec(page) ?? []
  const folder = join(t.testdir({}), 'prometheus')
  mkdirSync(folder)
  writeFileSync(join(folder, 'vpnunit-token'), 'token')
  writeFileSync(join(folder, 'vpnunit.rules.yml'), rules())
  writeFileSync(join(folder, 'prometheus.yml'), config.replaceAll('/etc/prometheus', folder))
  const { code, stdout, stderr } = await promtool(['check', 'config', join(folder, 'prometheus.yml')])
  t.equal(code, 0, stderr)
  t.match(stdout, `${alertNames().length} rules found`)
})
