import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { openTestCli } from './testing/cli.ts'

const POLICY = `
default: closed
groups:
  ops:
    members: [user:ada]
    rules:
      - {action: allow, direction: from, peer: internet, protocol: tcp, ports: ["443"]}
tests:
  - {name: web, from: user:ada, to: internet, protocol: tcp, port: 443, expect: allow}
`

async function openWithFile(t: Parameters<typeof openTestCli>[0], text = POLICY) {
  const opened = await openTestCli(t)
  await opened.call('user add ada')
  await opened.call('gateway add a.example.org --user ada')
  const folder = t.testdir({
    'policy.yaml': text,
    'broken.yaml': 'groups: [',
    'empty.yaml': '',
    'open.json': '{"default":"open","groups":{}}',
  })
  return { ...opened, file: join(folder, 'policy.yaml'), folder }
}

t.test('a file is applied: first only said, then done, then nothing is left to do', async (t) => {
  const { call, file } = await openWithFile(t)
  const lines = `- default open
+ default closed
+ group ops
+ ops: member user:ada
+ ops: rule allow from internet tcp ports 443
+ test web
`
  t.same(await call(`policy apply ${file} --dry-run`), {
    exit: 0,
    out: `${lines}nothing was changed: this is what would be\n`,
    err: '',
    bar: '',
  })
  t.equal((await call('policy default')).out, 'open\n')
  t.equal((await call(`policy apply ${file}`)).out, `${lines}the policy is changed\n`)
  t.equal((await call(`policy apply ${file}`)).out, 'nothing is another: the policy is as it was\n')
  t.same(parse((await call('policy show')).out), parse(POLICY))
  t.same(JSON.parse((await call('policy show --json')).out), parse(POLICY))
})

t.test('tests are run without a change, and a failing one is named', async (t) => {
  const { call, file, folder } = await openWithFile(t)
  t.equal((await call('policy test')).out, '0 of 0 tests pass\n')
  t.equal((await call(`policy test ${file}`)).out, '1 of 1 tests pass\n')
  await call(`policy apply ${file}`)
  t.match(await call('policy default closed'), { exit: 0, out: 'closed\n' })
  t.match(await call('group rule remove ops 1'), { exit: 1, err: 'the test "web" would fail' })
  t.match(await call(`policy apply ${join(folder, 'open.json')} --dry-run`), { exit: 0, out: '- test web\n' })
  t.match(await call('policy default ajar'), { exit: 2, err: 'takes open or closed' })
})

t.test(
  'a file whose test fails is told how many do, and that nothing was changed where something was to be',
  async (t) => {
    const { call, file } = await openWithFile(t, POLICY.replace('expect: allow', 'expect: deny'))
    const words = /^1 of 1 tests fails: "web": it wants to deny/
    t.match(await call(`policy test ${file}`), { exit: 1, out: '', err: words })
    t.match(await call(`policy apply ${file} --dry-run`), { exit: 1, out: '', err: words })
    t.match(await call(`policy apply ${file}`), {
      exit: 1,
      err: /^Nothing was changed, because the test "web" would fail/,
    })
  },
)

t.test('a port in a file may be a number, as in its tests, and is shown as text', async (t) => {
  const { call, file } = await openWithFile(t, POLICY.replace('ports: ["443"]', 'ports: [443, 8000-8100]'))
  t.match(await call(`policy apply ${file}`), { exit: 0, out: 'ports 443,8000-8100' })
  t.same(JSON.parse((await call('group rules ops --json')).out)[0].ports, ['443', '8000-8100'])
  const { call: refused, file: bad } = await openWithFile(t, POLICY.replace('["443"]', '[true]'))
  t.match(await refused(`policy apply ${bad}`), {
    exit: 1,
    err: '/groups/ops/rules/0/ports/0 must be a port such as 22 or a range such as "8000-8100".',
  })
})

t.test('a test that names nobody there is is refused, and not counted as one that passes', async (t) => {
  const { call, file } = await openWithFile(t, POLICY.replace('from: user:ada', 'from: user:typo'))
  for (const line of [`policy test ${file}`, `policy apply ${file} --dry-run`, `policy apply ${file}`]) {
    t.match(await call(line), { exit: 1, out: '', err: '/tests/0/from: There is no user "typo".' }, line)
  }
})

t.test('a connection is explained, today and with a file', async (t) => {
  const { call, file } = await openWithFile(t)
  t.equal(
    (await call('policy explain --from gateway:a.example.org --to 2600::/128 --port 443')).out,
    `verdict  allow
allow    a.example.org (2001:470:c844:200::) to 2600::
  by     the default, open: no rule says anything
`,
  )
  t.equal(
    (await call(`policy explain --from user:ada --to 2600::/128 --port 443 --policy ${file}`)).out,
    `verdict  allow
allow    a.example.org (2001:470:c844:200::) to 2600::
  by     rule 1 of ops: allow from internet tcp ports 443
  of     a.example.org, through user:ada
`,
  )
  t.match(await call(`policy explain --from user:ada --to internet --policy ${file}`), { out: /^verdict +deny/ })
  await call('user add eve')
  t.match(await call('policy explain --from user:eve --to internet'), {
    exit: 0,
    out: 'verdict  nobody\nfrom     user:eve is nobody',
  })
  t.match(await call('policy explain --from gateway:typo.example.org --to internet'), {
    exit: 1,
    err: '--from: There is no gateway "typo.example.org".',
  })
  t.match(await call('policy explain --to internet'), { exit: 2, err: 'needs --from' })
})

t.test('a file that can’t be read, or is no YAML, is wrong usage', async (t) => {
  const { call, folder } = await openWithFile(t)
  t.match(await call(`policy apply ${join(folder, 'none')}`), { exit: 2, err: "none can't be read" })
  t.match(await call(`policy apply ${join(folder, 'broken.yaml')}`), {
    exit: 2,
    err: /broken.yaml is no YAML: .* at line 1, column 10\n$/,
  })
  t.match(await call(`policy apply ${join(folder, 'empty.yaml')}`), {
    exit: 1,
    err: 'it must be a policy, with "default" (open or closed) and "groups", as GET /policy shows it.',
  })
})
