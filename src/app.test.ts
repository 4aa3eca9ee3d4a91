import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Api } from './http/api.ts'
import { NASTY_BODIES, NASTY_CHANGES, NASTY_TEXTS, NASTY_VALUES, percentEncoded } from './testing/nasty.ts'
import { openTestApp, type TestApp, TOKEN } from './testing/test-unit.ts'

type Schema = {
  type?: unknown
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  anyOf?: Schema[]
}
type Parameter = { name: string; in: 'path' | 'query'; required?: boolean }
type Operation = {
  method: string
  path: string
  security?: unknown[]
  parameters?: Parameter[]
  requestBody?: { content: { 'application/json': { schema: Schema } } }
}
type Attempt = { url: string; payload?: string; headers?: Record<string, string> }

/** Where a value is lawful though it looks nasty: `<method> <path> <place> <value>`, and why. */
const LAWFUL: Readonly<Record<string, RegExp>> = {
  'a page may begin after any text of at most 255 characters':
    /^GET \/(users|gateways|tokens|groups) after=(?!a megabyte)/,
  'a list of what was, without "after", begins at the newest': /^GET \/(audit|sessions\/history) after=an empty text$/,
  'an agent says how its host is, whatever was there before': /^PUT \/agent\/hosts\/\S+ if-match=/,
  'a host may have a long name, and blanks at the end of a path are lost on its way':
    /^(GET \/agent\/state host|PUT \/agent\/\S+ path host|POST \/agent\/events body\.host)=(65 characters|the constructor|a (blank at the end|carriage return|NUL), raw)/,
  'a feed and an outbox are hex digits': /^\S+ \/agent\/\S+ (feed|body\.(feed|outbox))=all digits$/,
  'a host tells its version, counts and lists':
    /^(PUT|POST) \/agent\/\S+ body\.(version=(65 characters|a label of 64 characters|upper case|all digits|digits as last label|an IPv4 address|a dot at the end|a double dot|a hyphen at the end|the constructor|not a number)|(first|revision|backlog)=minus zero|(feed|revision)=null|(events|instances)=an empty array)$/,
  'a user, a token or a group may be called constructor':
    /^POST \/(users|tokens|groups) body(\[1\])?\.name=the constructor$/,
  'minus zero is zero': /^POST \/gateways body(\[1\])?\.slot=minus zero$/,
  'a list creates all that is in it': /^POST \/(users|gateways) body with an array around it$/,
  'a device of the kernel may have capitals, digits, dots and hyphens nearly anywhere':
    /^GET \S+\/(lan interface|firewall device)=(upper case|digits as last label|a dot at the end|a double dot|a hyphen at the end|the constructor|not a number)$/,
  'a description is for people, of anything that can be seen':
    /^(POST|PATCH) \/groups\S* body\.description=(?!a tab|a line|a second line|a carriage return|a NUL|an escape|a right-to-left|a lone|a megabyte|null|true|false|a fraction|a negative|minus zero|a number|an (empty )?(array|object)|arrays|objects)/,
  'a group may have no rules, and a policy no groups and no tests':
    /^(PUT \/groups\/\S+ body=an empty array|PUT \/policy body\.(groups=an empty object|tests=an empty array))$/,
  'a boolean is what this field takes': /^\S+ \S+ body\.(disabled=(true|false)|force=true)$/,
}

/** Right values by name, so that nothing but the nasty one can be what is refused. */
const RIGHT: Readonly<Record<string, unknown>> = {
  fqdn: 'attic.example.org',
  name: 'ada',
  'POST /users name': 'grace',
  'POST /tokens name': 'grafana',
  scope: 'read',
  'POST /gateways name': 'new.example.org',
  user: 'ada',
  code: 'bad-name',
  disabled: true,
  force: true,
  interface: 'br-lan',
  event: 'connect',
  device: 'tun0',
  host: 'vpn1',
  // Nobody hangs up here.
  seconds: '0',
  outbox: '0'.repeat(16),
  first: 0,
  events: [],
  version: '0',
  startedAt: '2026-03-01T12:00:00Z',
  feed: null,
  'GET /agent/state feed': '0'.repeat(16),
  revision: null,
  instances: [],
  routes: { connected: true, wanted: 0, missing: 0, repairs: 0, fault: null },
  backlog: 0,
  'POST /groups name': 'devs',
  member: 'user:ada',
  position: '1',
  description: 'new',
  action: 'allow',
  direction: 'from',
  peer: 'user:ada',
  protocol: 'tcp',
  default: 'closed',
  groups: {},
  from: 'user:ada',
  to: 'any',
}

/** Every operation of the API, as its description has them: a new one is attacked without a line here. */
function operationsOf(api: Api): Operation[] {
  const { paths = {} } = api.swagger() as { paths?: Record<string, object> }
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
  )
}

const nameOf = ({ method, path }: Operation): string => `${method} ${path}`
const wholeSchemaOf = ({ requestBody }: Operation): Schema | undefined =>
  requestBody?.content['application/json'].schema
const isChange = ({ method, path }: Operation): boolean => method !== 'GET' && path.includes('{')

/** What one object of the body must be, where the body may be a list of them too. */
function schemaOf(operation: Operation): Schema | undefined {
  const whole = wholeSchemaOf(operation)
  const schema = whole?.items ?? whole
  return schema?.anyOf?.find(({ properties }) => properties !== undefined) ?? schema
}

function right(operation: Operation, name: string): unknown {
  return RIGHT[`${nameOf(operation)} ${name}`] ?? RIGHT[name]
}

function urlOf(operation: Operation, replaced: Record<string, string> = {}): string {
  const value = (name: string) => replaced[name] ?? String(right(operation, name))
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name) => value(name))
  const query = (operation.parameters ?? []).filter(
    ({ name, in: place, required }) =>
      place === 'query' && (required || name === 'seconds' || Object.hasOwn(replaced, name)),
  )
  return query.length === 0 ? path : `${path}?${query.map(({ name }) => `${name}=${value(name)}`).join('&')}`
}

/** A body that is right: what the call demands, and `force`, without which no renewal would be due. */
function bodyOf(operation: Operation, without = ''): string {
  const { properties = {}, required = [] } = schemaOf(operation) ?? {}
  const names = Object.keys(properties).filter((name) => required.includes(name) || name === 'force')
  return JSON.stringify(
    Object.fromEntries(names.filter((name) => name !== without).map((name) => [name, right(operation, name)])),
  )
}

/** A body of its objects, where the call takes nothing but a list of them. */
function listed(operation: Operation, body: string): string {
  return wholeSchemaOf(operation)?.items === undefined ? body : `[${body}]`
}

function attempt(operation: Operation, parts: Partial<Attempt> = {}): Attempt {
  const { headers = {}, ...others } = parts
  const payload = schemaOf(operation) === undefined ? {} : { payload: listed(operation, bodyOf(operation)) }
  const type = schemaOf(operation) === undefined ? {} : { 'content-type': 'application/json' }
  return {
    url: urlOf(operation),
    ...payload,
    ...others,
    headers: { authorization: `Bearer ${TOKEN}`, ...type, ...headers },
  }
}

/** Longer ones never get here: the listeners refuse what has more than 16 KiB before its body. */
const SHORTER = Object.entries(NASTY_TEXTS).map(([name, text]) => [name, text.slice(0, 5000)] as const)
const SPELLINGS = SHORTER.map(([name, text]) => ({ name, raw: text, encoded: percentEncoded(text) }))

function* inParameters(operation: Operation): Generator<[string, Attempt]> {
  for (const parameter of operation.parameters ?? []) {
    for (const { name, raw, encoded } of SPELLINGS) {
      if (parameter.in === 'query') {
        const url = urlOf(operation, { [parameter.name]: encoded })
        yield [`${parameter.name}=${name}`, attempt(operation, { url })]
        continue
      }
      const spellings = encodeURIComponent(raw.toWellFormed()) === raw ? { encoded } : { raw, encoded }
      for (const [spelling, text] of Object.entries(spellings)) {
        const url = urlOf(operation, { [parameter.name]: text })
        yield [`path ${parameter.name}=${name}, ${spelling}`, attempt(operation, { url })]
      }
    }
  }
}

function* inBody(operation: Operation): Generator<[string, Attempt]> {
  const schema = schemaOf(operation)
  if (schema === undefined) return
  const takesList = wholeSchemaOf(operation)?.anyOf !== undefined
  const texts = Object.entries(NASTY_TEXTS).map(([name, text]) => [name, JSON.stringify(text)] as const)
  const values = [...texts, ...Object.entries(NASTY_VALUES)]
  for (const field of Object.keys(schema.properties ?? {})) {
    const rest = bodyOf(operation, field).slice(0, -1)
    for (const [name, json] of values) {
      const payload = `${rest}${rest === '{' ? '' : ','}"${field}":${json}}`
      yield [`body.${field}=${name}`, attempt(operation, { payload: listed(operation, payload) })]
      if (takesList)
        yield [`body[1].${field}=${name}`, attempt(operation, { payload: `[${bodyOf(operation)},${payload}]` })]
    }
  }
  for (const [name, payload] of [...values, ...Object.entries(NASTY_BODIES)]) {
    yield [`body=${name}`, attempt(operation, { payload })]
  }
  for (const [name, spoil] of Object.entries(NASTY_CHANGES)) {
    yield [`body with ${name}`, attempt(operation, { payload: listed(operation, spoil(bodyOf(operation))) })]
  }
}

function* inHeaders(operation: Operation): Generator<[string, Attempt]> {
  for (const [name, text] of SHORTER) {
    if (operation.security === undefined) {
      yield [`authorization=Bearer ${name}`, attempt(operation, { headers: { authorization: `Bearer ${text}` } })]
    }
    if (isChange(operation)) yield [`if-match=${name}`, attempt(operation, { headers: { 'if-match': text } })]
    if (schemaOf(operation) !== undefined) {
      yield [`content-type=${name}`, attempt(operation, { headers: { 'content-type': text } })]
    }
  }
}

/** What is wrong with the answer to something nasty, or undefined when it is refused as it should be. */
function faultOf(answer: {
  statusCode: number
  headers: Record<string, unknown>
  payload: string
}): string | undefined {
  const { statusCode, payload } = answer
  if (statusCode < 400 || statusCode > 499) return `${statusCode} ${payload.slice(0, 200)}`
  if (answer.headers['content-type'] !== 'application/problem+json; charset=utf-8') return 'no problem document'
  const problem = JSON.parse(payload)
  if (problem.status !== statusCode || !problem.type.startsWith('/problems/')) return payload.slice(0, 200)
  return undefined
}

/** Everything but the database's own files, with sizes: what a request might have left behind. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.startsWith('database.') && !name.startsWith('serve.lock'))
    .map((name) => `${name} ${statSync(join(folder, name)).size}`)
    .sort()
}

/** The exceptions that were made. */
const made = new Set<string>()

function isLawful(name: string): boolean {
  const [reason] = Object.entries(LAWFUL).find(([, pattern]) => pattern.test(name)) ?? []
  if (reason !== undefined) made.add(reason)
  return reason !== undefined
}

/** Sends all of it, one after another, and says what was not refused, or changed something. */
async function attack(app: TestApp, attempts: (operation: Operation) => Iterable<[string, Attempt]>) {
  const { api, unit, folder } = app
  const faults: string[] = []
  let count = 0
  for (const operation of operationsOf(api)) {
    const files = filesOf(folder)
    const revision = unit.store.site.revision()
    for (const [place, request] of attempts(operation)) {
      const name = `${nameOf(operation)} ${place}`
      if (isLawful(name)) continue
      count++
      const fault = faultOf(await api.inject({ method: operation.method as 'GET', ...request }))
      if (fault !== undefined) faults.push(`${name}: ${fault}`)
    }
    if (unit.store.site.revision() !== revision) faults.push(`${nameOf(operation)}: something was changed`)
    if (String(filesOf(folder)) !== String(files)) faults.push(`${nameOf(operation)}: the files were changed`)
  }
  return { count, faults: faults.slice(0, 20) }
}

/** Faults of the log: a line that is long, that says an error, or that holds what a terminal would obey. */
function faultsOfLog({ logged }: TestApp): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const control = /[\u0000-\u001f\u007f-\u009f\u2028\u200f]/
  return logged
    .filter((line) => Number(line.level) > 30 || Object.values(line).some((value) => control.test(String(value))))
    .concat(logged.filter((line) => JSON.stringify(line).length > 1000))
    .map((line) => JSON.stringify(line).slice(0, 200))
}

async function openWithGateway(t: Parameters<typeof openTestApp>[0]): Promise<TestApp> {
  const app = await openTestApp(t)
  t.equal((await app.ask('POST', '/users', { name: 'ada' })).status, 201)
  t.equal((await app.ask('POST', '/gateways', { name: 'attic.example.org', user: 'ada' })).status, 201)
  t.equal((await app.ask('POST', '/tokens', { name: 'ada', scope: 'read' })).status, 201)
  t.equal((await app.ask('POST', '/groups', { name: 'ada' })).status, 201)
  const rule = { action: 'allow', direction: 'from', peer: 'any', protocol: 'any' }
  t.equal((await app.ask('POST', '/groups/ada/rules', rule)).status, 201)
  return app
}

const PLACES = { 'a path or a query': inParameters, 'a body': inBody, 'a header': inHeaders }

for (const [place, attempts] of Object.entries(PLACES)) {
  t.test(
    `what is nasty in ${place} is refused by every call, changes nothing and leaves the log readable`,
    async (t) => {
      const app = await openWithGateway(t)
      const before = app.logged.length
      const { count, faults } = await attack(app, attempts)
      t.same(faults, [])
      t.ok(count > 500, `${count} attempts`)
      t.same(faultsOfLog(app), [])
      t.ok(app.logged.length > before)
      t.equal((await app.ask('GET', '/gateway/attic.example.org')).status, 200, 'it still serves')
    },
  )
}

t.test('what is right is noticed as not refused, as a change, and as one of the files', async (t) => {
  const app = await openWithGateway(t)
  const { faults } = await attack(app, (operation) => [['right', attempt(operation)]])
  t.ok(faults.some((fault) => fault.startsWith('GET /users right: 200 ')))
  t.ok(faults.includes('POST /users: something was changed'))
  t.ok(faults.includes('POST /gateways: the files were changed'))
})

t.test('every call refuses a query parameter that it does not know, and one that is known to others', async (t) => {
  const app = await openWithGateway(t)
  const unknown = (operation: Operation) =>
    ['colour=red', '=', 'force=true'].map((query): [string, Attempt] => {
      const url = urlOf(operation)
      return [query, attempt(operation, { url: `${url}${url.includes('?') ? '&' : '?'}${query}` })]
    })
  t.same((await attack(app, unknown)).faults, [])
})

t.test('no exception is left over', async (t) => {
  t.same([...made].sort(), Object.keys(LAWFUL).sort())
})
