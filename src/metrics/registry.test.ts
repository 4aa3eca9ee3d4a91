import { renameSync, writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { parseFqdn, parseUserName } from '../domain/names.ts'
import { SERVICE } from '../provision/change.ts'
import { createGateway } from '../provision/create-gateway.ts'
import { createUser } from '../provision/create-user.ts'
import { openTestUnit } from '../testing/test-unit.ts'
import type { Unit } from '../unit.ts'
import { createMetrics, type WarningFlags } from './registry.ts'
import { samplesOf } from './testing/samples.ts'

async function open(t: Test, readWarnings = (): WarningFlags => ({ 'crl-ending': 0 })) {
  const opened = await openTestUnit(t)
  const metrics = createMetrics(opened.unit, readWarnings)
  return { ...opened, metrics, samples: async () => samplesOf(await metrics.text()) }
}

async function addGateway(unit: Unit): Promise<void> {
  const user = parseUserName('ada')
  await createUser(unit, SERVICE, { name: user })
  const key = { keyType: 'ec-p256' } as const
  await createGateway(unit, SERVICE, { name: parseFqdn('attic.example.org'), user, key })
}

t.test('each unit has numbers of its own, in one process too', async (t) => {
  const [one, other] = [await open(t), await open(t)]
  await addGateway(one.unit)
  t.equal((await one.samples()).get('vpnunit_users'), 1)
  t.equal((await other.samples()).get('vpnunit_users'), 0)
})

t.test('it says what is running', async (t) => {
  const { samples, metrics } = await open(t)
  t.equal((await samples()).get(`vpnunit_build_info{version="0.1.0",node_version="${process.version}"}`), 1)
  t.equal(metrics.contentType, 'text/plain; version=0.0.4; charset=utf-8')
})

t.test('every attempt to write the files is timed, and those that fail are counted', async (t) => {
  const { unit, samples } = await open(t)
  await addGateway(unit)
  const before = await samples()
  t.equal(before.get('vpnunit_publish_duration_seconds_count'), 1, 'a user alone has no file')
  t.ok((before.get('vpnunit_publish_duration_seconds_sum') ?? 0) > 0)
  t.equal(before.get('vpnunit_publish_failures_total'), 0)

  const { clients } = unit.layout
  renameSync(clients, `${clients}.away`)
  writeFileSync(clients, 'a file where a folder was')
  await t.rejects(
    unit.publisher.publish({ gateways: new Set(['attic.example.org']), crl: false, server: false, policy: false }),
  )
  const after = await samples()
  t.equal(after.get('vpnunit_publish_duration_seconds_count'), 2)
  t.equal(after.get('vpnunit_publish_failures_total'), 1)
  t.equal(after.get('vpnunit_publish_pending'), 1)
})

t.test('a source that can’t be read is left out and flagged, and the rest is shown', async (t) => {
  const { unit, samples } = await open(t)
  const users = unit.store.users.totals
  unit.store.users.totals = () => {
    throw new Error('database disk image is malformed')
  }
  const broken = await samples()
  unit.store.users.totals = users
  t.equal(broken.get('vpnunit_scrape_source_success{source="database"}'), 0)
  for (const name of ['vpnunit_users', 'vpnunit_revision', 'vpnunit_gateways{state="enabled"}']) {
    t.notOk(broken.has(name), name)
  }
  t.equal(broken.get('vpnunit_scrape_source_success{source="service"}'), 1)
  t.equal(broken.get('vpnunit_crl_number'), 1)
  t.equal(broken.get('vpnunit_warning{code="crl-ending"}'), 0)

  const whole = await samples()
  t.equal(whole.get('vpnunit_scrape_source_success{source="database"}'), 1)
  t.equal(whole.get('vpnunit_users'), 0)
})

t.test('a source that stays unreadable is logged once, and again when it fails anew', async (t) => {
  let isBroken = true
  const { samples, logged } = await open(t, () => {
    if (isBroken) throw 'no words'
    return {}
  })
  const lines = () => logged.filter((line) => String(line.msg).includes('metrics of the warnings'))
  await samples()
  await samples()
  t.equal(lines().length, 1)
  t.match(lines(), [{ level: 50, err: { message: 'no words' } }])
  isBroken = false
  await samples()
  isBroken = true
  await samples()
  t.equal(lines().length, 2)
})
