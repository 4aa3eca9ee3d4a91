import t from 'tap'
import { parse, stringify } from 'yaml'
import { openTestApp, type TestApp } from '../testing/test-unit.ts'

const YAML = { 'content-type': 'application/yaml' }
const rule = (peer: string) => ({ action: 'allow', direction: 'from', peer, protocol: 'any' })
const POLICY = {
  default: 'closed',
  groups: {
    dev: { description: 'Those who write', members: ['gateway:a.example.org'], rules: [rule('group:ops')] },
    ops: { members: ['user:ada'], rules: [rule('any'), { ...rule('2001:db8::/32'), protocol: 'tcp', ports: ['22'] }] },
  },
  tests: [{ name: 'out', from: 'user:ada', to: 'internet', protocol: 'tcp', port: 443, expect: 'allow' }],
}

async function openWithAda(t: Parameters<typeof openTestApp>[0]): Promise<TestApp> {
  const app = await openTestApp(t)
  await app.ask('POST', '/users', { name: 'ada' })
  await app.ask('POST', '/gateways', { name: 'a.example.org', user: 'ada' })
  return app
}

t.test('a new installation is open, and says so', async (t) => {
  const { ask } = await openTestApp(t)
  t.strictSame((await ask('GET', '/policy')).body, { default: 'open', groups: {}, tests: [] })
  t.match((await ask('GET', '/status')).body, { policy: { default: 'open', groups: 0, rules: 0, tests: 0 } })
  t.match((await ask('PATCH', '/policy', { default: 'closed' })).body, { default: 'closed' })
  t.match((await ask('GET', '/status')).body, { policy: { default: 'closed' } })
})

t.test('what is put is what is shown, in JSON and in YAML', async (t) => {
  const { ask } = await openWithAda(t)
  t.match(await ask('PUT', '/policy', POLICY), { status: 200, body: { changed: true, groupsAdded: ['dev', 'ops'] } })
  t.strictSame((await ask('GET', '/policy')).body, POLICY)
  const yaml = await ask('GET', '/policy', undefined, { accept: 'application/yaml' })
  t.equal(yaml.headers['content-type'], 'application/yaml; charset=utf-8')
  t.strictSame(parse(yaml.text), POLICY)
  t.match(await ask('PUT', '/policy', yaml.text, YAML), { status: 200, body: { changed: false } })
  const closed = stringify({ ...POLICY, groups: { ops: POLICY.groups.ops } })
  t.match(await ask('PUT', '/policy', closed, YAML), { status: 200, body: { groupsRemoved: ['dev'] } })
  t.match((await ask('GET', '/status')).body, { policy: { groups: 1, rules: 2, tests: 1 } })
})

t.test('YAML that is none is told by line and column', async (t) => {
  const { ask } = await openWithAda(t)
  t.match((await ask('PUT', '/policy', 'default: [', YAML)).body, {
    detail: /^The body is no YAML: .* at line 1, column 11\.$/,
  })
  t.match((await ask('PUT', '/policy', '', YAML)).body, { detail: /it must be a policy, with "default"/ })
})

t.test('a dry run says the same and changes nothing', async (t) => {
  const { ask, unit } = await openWithAda(t)
  const revision = unit.store.site.revision()
  const dry = await ask('PUT', '/policy?dryRun=true', POLICY)
  t.equal(unit.store.site.revision(), revision)
  const wet = await ask('PUT', '/policy?dryRun=false', POLICY)
  t.strictSame(dry.body, wet.body)
})

t.test('If-Match holds against what was shown in either form', async (t) => {
  const { ask } = await openWithAda(t)
  const etags = [{}, { accept: 'application/yaml' }].map(async (headers) =>
    String((await ask('GET', '/policy', undefined, headers)).headers.etag),
  )
  const [json = '', yaml = ''] = await Promise.all(etags)
  t.not(json, yaml)
  for (const url of ['/policy', '/policy?dryRun=true'])
    t.equal((await ask('PUT', url, POLICY, { 'if-match': '"other"' })).status, 412)
  t.equal((await ask('PATCH', '/policy', { default: 'open' }, { 'if-match': yaml })).status, 200)
  const put = await ask('PUT', '/policy', POLICY, { 'if-match': json })
  t.equal(put.status, 200)
  t.equal(put.headers.etag, (await ask('GET', '/policy')).headers.etag)
  t.equal((await ask('PATCH', '/policy', { default: 'open' }, { 'if-match': json })).status, 412)
})

t.test('a test that fails refuses every kind of write, and is named', async (t) => {
  const { ask } = await openWithAda(t)
  await ask('PUT', '/policy', POLICY)
  const before = (await ask('GET', '/policy')).text
  const writes: [string, string, unknown?][] = [
    ['PUT', '/policy', { ...POLICY, groups: {} }],
    ['PUT', '/policy?dryRun=true', { ...POLICY, groups: {} }],
    ['PUT', '/groups/ops/rules', []],
    ['POST', '/groups/dev/rules', { ...rule('internet'), action: 'deny', position: 1 }],
    ['DELETE', '/groups/ops/rules/1'],
    ['DELETE', '/groups/ops/members/ada'],
  ]
  for (const [method, url, body] of writes) {
    const refusal = { type: '/problems/policy-test-failed', status: 409, detail: /"out"/, errors: [{ field: 'out' }] }
    t.match((await ask(method, url, body)).body, refusal, `${method} ${url}`)
  }
  t.equal((await ask('GET', '/policy')).text, before)
})

t.test('a document that is no policy is refused by place, and YAML that is none in words', async (t) => {
  const { ask } = await openWithAda(t)
  const wrong = { default: 'open', groups: { Ops: {}, dev: { members: ['ada'], rules: [rule('nobody')] } } }
  t.match((await ask('PUT', '/policy', wrong)).body, {
    type: '/problems/bad-name',
    errors: [{ field: '/groups/Ops' }, { field: '/groups/dev/members/0' }, { field: '/groups/dev/rules/0' }],
  })
  const bombs = `a: &a [x,x,x,x,x,x,x,x]\nb: &b [${'*a,'.repeat(9)}]\nc: &c [${'*b,'.repeat(9)}]\nd: [${'*c,'.repeat(99)}]`
  for (const text of ['default: [', 'a: 1\na: 2', bombs, '['.repeat(100_000), '- 1', '', '!!js/function x']) {
    t.match((await ask('PUT', '/policy', text, YAML)).body, { type: '/problems/bad-request' }, text.slice(0, 20))
  }
  t.equal((await ask('PUT', '/groups/ops/rules', '[]', YAML)).status, 415, 'elsewhere a body is JSON')
  t.match((await ask('PUT', '/policy', 'default: open', { 'content-type': 'text/plain' })).body, {
    type: '/problems/unsupported-media-type',
    detail: 'Send the body as JSON or YAML, with the header "Content-Type: application/json" or "application/yaml".',
  })
  const twins = { default: 'open', groups: {}, tests: [POLICY.tests[0], POLICY.tests[0]] }
  t.match((await ask('PUT', '/policy', twins)).body, { detail: '/tests/1 has the name of another test.' })
})

t.test('254 groups of 20 rules with 4,064 members are put at once', async (t) => {
  const { ask, unit } = await openTestApp(t, { VPNUNIT_PREFIX: '2001:db8::/40' })
  await unit.store.write(() => {
    for (let n = 2; n < 4066; n++) unit.store.users.insert({ number: n, name: `u${n}` as never, createdAt: new Date() })
  })
  const rules = Array.from({ length: 20 }, (_, n) => ({ ...rule(`group:g${n}`), protocol: 'tcp', ports: [`${n + 1}`] }))
  const groups = Object.fromEntries(
    Array.from({ length: 254 }, (_, g) => [
      `g${g}`,
      { members: Array.from({ length: 16 }, (_, m) => `user:u${2 + g * 16 + m}`), rules },
    ]),
  )
  const started = performance.now()
  t.match(await ask('PUT', '/policy', { default: 'closed', groups }), { status: 200, body: { changed: true } })
  t.comment(`${Math.round(performance.now() - started)} ms`)
  t.match((await ask('GET', '/status')).body, { policy: { groups: 254, rules: 5080 } })
  t.match((await ask('PUT', '/policy', { default: 'closed', groups })).body, { changed: false })
})
