import { execFileSync } from 'node:child_process'
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import t from 'tap'
import { missing } from '../ca/testing/program.ts'
import { PROBLEM_CODES, type ProblemCode } from '../domain/problem.ts'
import { type Answer, openTestApp, type TestApp } from '../testing/test-unit.ts'
import { PROBLEMS } from './problems.ts'

type Make = (app: TestApp) => Promise<Answer>

/** Codes that no call of the API can answer, and where they are tested. */
const ELSEWHERE: Partial<Record<ProblemCode, string>> = {
  'bad-prefix':
    'no call takes a prefix yet: src/domain/prefix.test.ts, and src/settings.test.ts for the one that is set',
}

const GATEWAY = { name: 'attic.example.org', user: 'ada' }
const PATH = '/gateway/attic.example.org'
const BARN = { ...GATEWAY, name: 'barn.example.org' }
const noPrlimit = missing('prlimit', ['--version'])

// A write beyond the limit is signalled too; by itself that would end the process.
process.on('SIGXFSZ', () => undefined)

function limitFiles(bytes: number | 'unlimited'): void {
  if (noPrlimit === false) execFileSync('prlimit', [`--pid=${process.pid}`, `--fsize=${bytes}:`])
}

/**
 * How each refusal comes about for real, one after another in one service with two numbers, the user ada and her
 * gateway: what breaks something stands after what needs it.
 */
const MADE: Partial<Record<ProblemCode, Make>> = {
  'bad-request': ({ ask }) => ask('POST', '/users', {}),
  'bad-name': ({ ask }) => ask('GET', '/users/Ada'),
  'bad-rule': ({ ask }) => ask('POST', '/policy/explain', { from: 'x', to: 'any', protocol: 'tcp' }),
  'bad-csr': ({ ask }) => ask('POST', '/gateways', { ...BARN, csr: 'none' }),
  unauthorized: ({ ask }) => ask('GET', '/users', undefined, { authorization: '' }),
  forbidden: async ({ ask }) => {
    const { body } = await ask('POST', '/tokens', { name: 'prometheus', scope: 'read' })
    return ask('POST', '/users', {}, { authorization: `Bearer ${(body as { token: string }).token}` })
  },
  'not-found': ({ ask }) => ask('GET', '/nothing'),
  'method-not-allowed': ({ ask }) => ask('PUT', '/users'),
  'user-unknown': ({ ask }) => ask('GET', '/users/nobody'),
  'gateway-unknown': ({ ask }) => ask('GET', '/gateway/barn.example.org'),
  'host-unknown': ({ ask }) => ask('GET', '/hosts/vpn9'),
  'token-unknown': ({ ask }) => ask('GET', '/tokens/nobody'),
  'group-unknown': ({ ask }) => ask('GET', '/groups/nobody'),
  'group-exists': async ({ ask }) => {
    await ask('POST', '/groups', { name: 'ops' })
    return ask('POST', '/groups', { name: 'ops' })
  },
  'rule-unknown': ({ ask }) => ask('DELETE', '/groups/ops/rules/1'),
  'group-in-use': async ({ ask }) => {
    await ask('POST', '/groups', { name: 'dev' })
    await ask('POST', '/groups/dev/rules', { action: 'deny', direction: 'to', peer: 'group:ops', protocol: 'any' })
    return ask('DELETE', '/groups/ops')
  },
  'policy-test-failed': ({ ask }) => {
    const test = { from: 'user:ada', to: 'internet', protocol: 'tcp', port: 443, expect: 'deny' }
    return ask('PUT', '/policy', { default: 'open', groups: {}, tests: [test] })
  },
  'user-exists': ({ ask }) => ask('POST', '/users', { name: 'ada' }),
  'gateway-exists': ({ ask }) => ask('POST', '/gateways', GATEWAY),
  'token-exists': ({ ask }) => ask('POST', '/tokens', { name: 'prometheus', scope: 'read' }),
  'number-taken': ({ ask }) => ask('POST', '/users', { name: 'bob', number: 2 }),
  'slot-taken': ({ ask }) => ask('POST', '/gateways', { ...BARN, slot: 0 }),
  'users-full': async ({ ask }) => {
    await ask('POST', '/users', { name: 'bob' })
    return ask('POST', '/users', { name: 'carl' })
  },
  'user-full': async ({ ask }) => {
    const others = Array.from({ length: 15 }, (_, n) => ({ ...GATEWAY, name: `g${n}.example.org` }))
    await ask('POST', '/gateways', others)
    return ask('POST', '/gateways', BARN)
  },
  'user-has-gateways': ({ ask }) => ask('DELETE', '/users/ada'),
  'items-refused': ({ ask }) => ask('POST', '/users', [{ name: 'ada' }]),
  'renewal-too-early': ({ ask }) => ask('POST', `${PATH}/renew`),
  'retire-needs-agent': ({ ask }) => ask('POST', `${PATH}/renew`, { old: 'retire' }),
  'key-unreadable': ({ ask, unit }) => {
    const database = new BetterSqlite3(unit.layout.database)
    database.exec("update certificates set sealed_key = x'00' where kind = 'gateway'")
    database.close()
    return ask('GET', `${PATH}/config`)
  },
  'precondition-failed': ({ ask }) => ask('PATCH', PATH, { disabled: true }, { 'if-match': '"other"' }),
  'body-too-large': ({ ask }) => ask('POST', '/users', { name: 'a'.repeat(300_000) }),
  'unsupported-media-type': ({ ask }) => ask('POST', '/users', '<name/>', { 'content-type': 'application/xml' }),
  'publish-pending': ({ ask, folder }) => {
    rmSync(join(folder, 'ovpn/clients/attic.example.org'))
    mkdirSync(join(folder, 'ovpn/clients/attic.example.org/x'), { recursive: true })
    return ask('PATCH', PATH, { disabled: true })
  },
  'storage-failed': async ({ ask }) => {
    limitFiles(4096)
    const answer = await ask('PATCH', '/users/ada', { disabled: true })
    limitFiles('unlimited')
    return answer
  },
  internal: ({ ask, folder }) => {
    renameSync(join(folder, 'pki/ca.crt'), join(folder, 'pki/away'))
    return ask('GET', '/ca.crt')
  },
  'authority-ended': ({ ask, clock }) => {
    clock.advanceDays(3653)
    return ask('POST', `${PATH}/renew`)
  },
}

t.test('every refusal is answered with its status and its title', async (t) => {
  const app = await openTestApp(t, { VPNUNIT_PREFIX: '2001:470:c844::/54' })
  t.teardown(() => limitFiles('unlimited'))
  await app.ask('POST', '/users', { name: 'ada' })
  await app.ask('POST', '/gateways', GATEWAY)
  for (const [code, make] of Object.entries(MADE)) {
    if (code === 'storage-failed' && noPrlimit) continue
    const { status, headers, body } = await make(app)
    const { status: wanted, title } = PROBLEMS[code as ProblemCode]
    t.match(body, { type: `/problems/${code}`, title, status: wanted, detail: /^.{10,}$/, instance: /^urn:request:/ })
    t.equal(status, wanted, code)
    t.equal(headers['content-type'], 'application/problem+json; charset=utf-8')
  }
})

t.test('every code there is is made here or has a reason not to be, and none twice', async (t) => {
  t.strictSame([...Object.keys(MADE), ...Object.keys(ELSEWHERE)].sort(), [...PROBLEM_CODES].sort())
})

t.test('a change whose files can’t be written stands, and says where it can be seen', async (t) => {
  const { ask, folder } = await openTestApp(t)
  await ask('POST', '/users', { name: 'ada' })
  mkdirSync(join(folder, 'ovpn/clients/attic.example.org/x'), { recursive: true })
  const { status, headers, text, body } = await ask('POST', '/gateways', GATEWAY)
  t.equal(status, 503)
  t.equal(headers.location, PATH)
  t.match(body, { type: '/problems/publish-pending', location: PATH, detail: /The change is made and stays/ })
  for (const word of ['.ts', '/src/', 'node_modules', '    at ']) t.notMatch(text, word)
  t.equal((await ask('GET', String(headers.location))).status, 200)
})

t.test('a title is a sentence without its full stop, and no status is one of success', async (t) => {
  for (const code of PROBLEM_CODES) {
    const { status, title } = PROBLEMS[code]
    t.match(title, /^[A-Z][^.]+$/, code)
    t.ok(status >= 400 && status < 600, code)
    t.match(code, /^[a-z]+(-[a-z]+)*$/)
  }
})
