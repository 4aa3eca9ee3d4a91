import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { askAs } from '../testing/test-unit.ts'
import { openTestCli } from './testing/cli.ts'

const TEXT = /vpnunit_[A-Za-z0-9_-]{43}/

t.test('a token is added and printed once, listed without its text, and removed', async (t) => {
  const { call, api } = await openTestCli(t)
  const { exit, out, err } = await call('token add prometheus --scope read --expires 2027-01-01T00:00:00Z')
  t.same({ exit, err }, { exit: 0, err: '' })
  const [text = ''] = TEXT.exec(out) ?? []
  t.equal(
    out,
    `name     prometheus
scope    read
created  2026-03-01T12:00:00Z
expires  2027-01-01T00:00:00Z
token    ${text}
`,
  )
  t.equal((await askAs(api, text)('GET', '/users')).status, 200)
  t.equal(
    (await call('token list')).out,
    `NAME        SCOPE  EXPIRES               LAST-USED
prometheus  read   2027-01-01T00:00:00Z  2026-03-01T12:00:00Z
`,
  )
  t.same(await call('token remove prometheus'), { exit: 0, out: '', err: '', bar: '' })
  t.equal((await askAs(api, text)('GET', '/users')).status, 401)
})

t.test('what never happened is a dash', async (t) => {
  const { call } = await openTestCli(t)
  await call('token add vpn1 --scope agent:vpn1.example.org')
  t.match((await call('token list')).out, '\nvpn1  agent:vpn1.example.org  -        -\n')
})

t.test('into a file it goes for its owner alone, and is not printed', async (t) => {
  const { call, api } = await openTestCli(t)
  const file = join(t.testdir({}), 'prometheus.token')
  for (const [name, option] of [
    ['one', ''],
    ['two', '--json'],
  ] as const) {
    const { exit, out } = await call(`token add ${name} --scope read --output ${file} ${option}`)
    t.equal(exit, 0)
    t.match(out, name)
    t.notMatch(out, TEXT)
    t.equal(statSync(file).mode & 0o777, 0o600)
    const text = readFileSync(file, 'utf8')
    t.match(text, /^vpnunit_[A-Za-z0-9_-]{43}\n$/)
    t.equal((await askAs(api, text.trim())('GET', '/users')).status, 200)
  }
})

t.test(
  'onto the standard output it goes alone, and a file without a name is refused before there is a token',
  async (t) => {
    const { call } = await openTestCli(t)
    t.match(await call('token add one --scope read --output -'), {
      exit: 0,
      out: /^vpnunit_[A-Za-z0-9_-]{43}\n$/,
      err: '',
    })
    t.match(JSON.parse((await call('token add two --scope read --output - --json')).out), { name: 'two', token: TEXT })
    t.match(await call('token add three --scope read --output='), {
      exit: 2,
      err: 'needs the name of a file for --output',
    })
    t.equal(JSON.parse((await call('token list --json')).out).length, 2)
  },
)

t.test('a token that can’t be written is not left behind', async (t) => {
  const { call } = await openTestCli(t)
  const folder = t.testdir({})
  const inTheWay = join(folder, 'x')
  mkdirSync(inTheWay)
  for (const file of [inTheWay, join(folder, 'missing/x')]) {
    t.match(await call(`token add prometheus --scope read --output ${file}`), { exit: 2, out: '', err: /can't be/ })
    t.notOk(existsSync(join(folder, 'missing')))
  }
  t.equal((await call('token list --json')).out, '[]\n')
})

t.test('--json prints what the API answers, to the letter', async (t) => {
  const { call, ask } = await openTestCli(t)
  const added = JSON.parse((await call('token add prometheus --scope read --json')).out)
  t.match(added.token, TEXT)
  const { token, ...rest } = added
  t.same(rest, (await ask('GET', '/tokens/prometheus')).body)
  t.equal((await call('token list --json')).out, `${(await ask('GET', '/tokens')).text}\n`)
})

t.test('what is wrong is refused, and a removal may be repeated', async (t) => {
  const { call } = await openTestCli(t)
  t.match(await call('token add prometheus'), { exit: 2, err: 'token add needs --scope' })
  t.match(await call('token add prometheus --scope root'), { exit: 1, err: 'A scope is "admin"' })
  t.match(await call('token add Prometheus --scope read'), { exit: 1, err: 'is not a token' })
  t.match(await call('token add x --scope read --expires 2020-01-01T00:00:00Z'), { exit: 1, err: 'in the future' })
  t.match(await call('token remove prometheus'), { exit: 1, err: 'There is no token "prometheus".' })
  t.match(await call('token remove prometheus --if-present'), { exit: 0, err: '' })
  await call('token add prometheus --scope read')
  t.match(await call('token add prometheus --scope read'), { exit: 1, err: 'There is a token "prometheus" already.' })
})
