import { subscribe } from 'node:diagnostics_channel'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { PROBLEM_CODES } from '../domain/problem.ts'
import { type Answer, askAs, openTestApp, type TestApp, TOKEN } from '../testing/test-unit.ts'
import { MUST } from './fault-words.ts'

type Media = { schema: object }
type Response = { description: string; content?: Record<string, Media> }
type Operation = {
  method: string
  path: string
  summary?: string
  tags?: string[]
  security?: unknown[]
  parameters?: { name: string; in: string; required?: boolean; schema: object }[]
  requestBody?: { required?: boolean; content: Record<string, Media> }
  responses: Record<string, Response>
}
type Document = {
  openapi: string
  info: { title: string; version: string }
  paths: Record<string, Record<string, object>>
  components: { schemas: Record<string, object>; securitySchemes: object }
  security: object[]
}

const PUBLIC = ['/health', '/ca.crt', '/crl.pem', '/problems/{code}']
const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']

/** What serves the documentation is not described by it. */
const UNDESCRIBED = /^\/(docs($|\/)|openapi\.json$)/

/** The routes of the app that is built next, as Fastify registers them. */
const routes = new Set<string>()
subscribe('fastify.initialization', (message) => {
  const { fastify } = message as { fastify: FastifyInstance }
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.add(`${one} ${url.replaceAll(/:(\w+)/g, '{$1}')}`)
  })
})

async function openWithDocument(t: Parameters<typeof openTestApp>[0]) {
  routes.clear()
  const app = await openTestApp(t)
  const { status, headers, body } = await askAs(app.api, undefined)('GET', '/openapi.json')
  t.equal(status, 200)
  t.equal(headers['content-type'], 'application/json; charset=utf-8')
  return { ...app, document: body as Document }
}

function operationsOf({ paths }: Document): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...(operation as Operation), method, path })),
  )
}

/** Every reference inside. */
function referencesIn(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return []
  return Object.entries(part).flatMap(([key, value]) =>
    key === '$ref' && typeof value === 'string' ? [value] : referencesIn(value),
  )
}

t.test('the document is OpenAPI 3.1 in its shape', async (t) => {
  const { document } = await openWithDocument(t)
  t.match(document.openapi, /^3\.1\.\d+$/)
  t.match(document.info, { title: 'vpnunit', version: /^\d+\.\d+\.\d+/ })
  t.strictSame(document.security, [{ token: [] }])
  t.match(document.components.securitySchemes, { token: { type: 'http', scheme: 'bearer' } })
  for (const { path, method, summary, tags, responses } of operationsOf(document)) {
    const name = `${method} ${path}`
    t.match(path, /^\//, name)
    t.ok(METHODS.includes(method), name)
    t.ok(summary && tags?.length, `${name} says what it is for`)
    t.ok(
      Object.keys(responses).some((code) => /^2\d\d$/.test(code)),
      `${name} says what it answers`,
    )
    for (const [code, response] of Object.entries(responses)) {
      t.match(code, /^([1-5]\d\d|[1-5]XX|default)$/, name)
      t.type(response.description, 'string', `${name} ${code}`)
    }
  }
})

t.test('the parameters of a path are those in it, and each is required', async (t) => {
  const { document } = await openWithDocument(t)
  for (const { path, method, parameters = [] } of operationsOf(document)) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const described = parameters.filter((parameter) => parameter.in === 'path')
    t.strictSame(
      described.map(({ name }) => name),
      inPath,
      `${method} ${path}`,
    )
    t.ok(described.every(({ required }) => required === true))
    for (const parameter of parameters) t.match(parameter.in, /^(path|query)$/)
  }
})

t.test('every reference leads somewhere, and no shared schema is left over', async (t) => {
  const { document } = await openWithDocument(t)
  const references = new Set(referencesIn(document))
  const schemas = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`)
  t.strictSame([...references].sort(), schemas.sort())
})

t.test('every schema in it is one of JSON Schema 2020-12, strictly read', async (t) => {
  const { document } = await openWithDocument(t)
  const ajv = validatorOf(document)
  for (const operation of operationsOf(document)) {
    const bodies = [operation.requestBody?.content, ...Object.values(operation.responses).map(({ content }) => content)]
    const schemas = bodies.flatMap((content = {}) => Object.values(content)).map(({ schema }) => schema)
    for (const schema of [...schemas, ...(operation.parameters ?? []).map((parameter) => parameter.schema)]) {
      t.doesNotThrow(() => ajv.compile(within(document, schema)), `${operation.method} ${operation.path}`)
    }
  }
})

t.test('every call needs the token but those that are public', async (t) => {
  const { document } = await openWithDocument(t)
  const open = operationsOf(document).filter(({ security }) => security !== undefined)
  t.strictSame(open.map(({ path }) => path).sort(), PUBLIC.toSorted())
  for (const { security, method } of open) {
    t.strictSame(security, [])
    t.equal(method, 'get')
  }
})

t.test('the document names every problem code and no other', async (t) => {
  const { document } = await openWithDocument(t)
  const named = [...JSON.stringify(document.components.schemas.Problem).matchAll(/"\/problems\/([a-z-]+)"/g)]
  t.strictSame(
    named.map(([, code]) => code),
    [...PROBLEM_CODES],
  )
})

t.test('there is no route that is not described, and nothing is described that is not there', async (t) => {
  const { document } = await openWithDocument(t)
  const described = operationsOf(document).map(({ method, path }) => `${method.toUpperCase()} ${path}`)
  const there = [...routes].filter((route) => {
    const [method, path = ''] = route.split(' ')
    return method !== 'HEAD' && !UNDESCRIBED.test(path)
  })
  t.strictSame(described.sort(), there.sort())
  for (const route of described.filter((one) => one.startsWith('GET'))) {
    t.ok(routes.has(route.replace('GET', 'HEAD')), `${route} has a HEAD`)
  }
})

t.test('a call that can be made without a body says so', async (t) => {
  const { document } = await openWithDocument(t)
  for (const spelling of ['gateway', 'gateways']) {
    const { post } = document.paths[`/${spelling}/{fqdn}/renew`] as { post: Operation }
    t.not(post.requestBody?.required, true)
  }
})

t.test('an answer that has no body describes none', async (t) => {
  const { document } = await openWithDocument(t)
  for (const { method, path, responses } of operationsOf(document)) {
    t.notOk(responses['204']?.content, `${method} ${path}`)
  }
})

function validatorOf(document: Document) {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addVocabulary(['components', MUST])
  return Object.assign(ajv, { document })
}

/** A schema of the document with what its references lead to. */
function within({ components }: Document, schema: object): object {
  return { ...schema, components: { schemas: components.schemas } }
}

/** Asks, and holds every answer against the document. */
function recorder(t: Parameters<typeof openTestApp>[0], { api }: TestApp, document: Document) {
  const ajv = validatorOf(document)
  const ask = askAs(api, TOKEN)
  const operations = operationsOf(document)
  const seen = new Set<string>()
  return {
    seen,
    ask: async (call: string, fill: string, payload?: unknown, headers?: Record<string, string>): Promise<Answer> => {
      const [method = '', path = ''] = call.split(' ')
      const names = (fill.split('?')[0] ?? '').split(' ')
      const operation = operations.find((one) => one.path === path && one.method === method.toLowerCase())
      const url =
        path.replaceAll(/\{\w+\}/g, () => names.shift() ?? 'x') + (fill.includes('?') ? `?${fill.split('?')[1]}` : '')
      const answer = await ask(method, url, payload, headers)
      const response =
        operation?.responses[answer.status] ?? operation?.responses[`${Math.floor(answer.status / 100)}XX`]
      const fault = response === undefined ? 'is not described' : faultOf(ajv, document, response, answer)
      t.equal(fault, undefined, `${method} ${url} ${answer.status}`)
      seen.add(`${call} ${Math.floor(answer.status / 100)}xx`)
      return answer
    },
  }
}

function faultOf(ajv: Ajv2020, document: Document, { content }: Response, answer: Answer): string | undefined {
  if (answer.text === '') return undefined
  if (content === undefined) return 'no body is described'
  const type = String(answer.headers['content-type']).replace('; charset=utf-8', '')
  const media = content[type] ?? content[type.split(';', 1)[0] ?? '']
  if (media === undefined) return `${type} is not described`
  const value = type.includes('json') ? answer.body : answer.text
  return ajv.validate(within(document, media.schema), value) ? undefined : ajv.errorsText()
}

/** What the agent of a host asks and tells, of a gateway `gw.example.org`. */
async function askAsAgent(ask: ReturnType<typeof recorder>['ask']): Promise<void> {
  const at = '2026-03-01T12:00:00Z'
  const key = { instance: 0, generation: '77.1', cid: 4 }
  const where = { gateway: 'gw.example.org', serial: null, realAddress: '192.0.2.1:1194' }
  await ask('POST /gateways', '', { name: 'gw.example.org', user: 'ada' })
  await ask('GET /agent/state', '?host=vpn1')
  const events = [
    { type: 'session-started', at, ...where, ...key },
    { type: 'traffic', at, bytesIn: 1, bytesOut: 2, ...key },
    { type: 'refused', at, instance: 0, ...where, reason: 'no such gateway' },
    { type: 'routes-repaired', at, count: 1 },
  ]
  await ask('POST /agent/events', '', { host: 'vpn1', outbox: '00000000000000aa', first: 0, events })
  const routes = { connected: true, wanted: 1, missing: 0, repairs: 0, fault: null }
  const instances = [{ instance: 0, connected: true, version: 'OpenVPN 2.6', generation: '77.1', sessions: 1 }]
  const report = { version: '0', startedAt: at, feed: null, revision: null, instances, routes, backlog: 0 }
  await ask('PUT /agent/hosts/{host}', 'vpn1', report)
  await ask('GET /sessions', '')
  await ask('GET /gateway/{fqdn}', 'gw.example.org')
  await ask('GET /gateway/{fqdn}/traffic', 'gw.example.org')
  await ask('GET /hosts/{name}', 'vpn1')
  await ask('GET /hosts/{name}', 'vpn2')
  await ask('GET /events', '?last=10&seconds=0')
  await ask('GET /sessions/history', '?gateway=gw.example.org')
  await ask('DELETE /hosts/{name}', 'vpn1')
}

/** What groups say, of the users `ada` and `bob` and a gateway of ada's. */
async function askOfPolicy(ask: ReturnType<typeof recorder>['ask']): Promise<void> {
  const rule = { action: 'allow', direction: 'from', peer: 'user:bob', protocol: 'tcp', ports: ['22'], network: '1' }
  await ask('POST /gateways', '', { name: 'p.example.org', user: 'ada' })
  await ask('POST /groups', '', { name: 'ops', description: 'Operations' })
  await ask('GET /groups', '?limit=1')
  await ask('GET /groups/{name}', 'ops')
  await ask('PATCH /groups/{name}', 'ops', { description: 'Those who may' })
  await ask('PUT /groups/{name}/members/{member}', 'ops ada')
  await ask('GET /groups/{name}/members', 'ops')
  await ask('POST /groups/{name}/rules', 'ops', rule)
  await ask('PUT /groups/{name}/rules', 'ops', [rule, { ...rule, action: 'deny', peer: '2001:db8::/32' }])
  await ask('GET /groups/{name}/rules', 'ops')
  await ask('DELETE /groups/{name}/rules/{position}', 'ops 2')
  for (const path of ['/gateway/{fqdn}', '/gateways/{fqdn}']) await ask(`GET ${path}/rules`, 'p.example.org')
  const test = { from: 'user:ada', to: 'internet', protocol: 'icmpv6', expect: 'allow' }
  const groups = { ops: { members: ['user:ada'], rules: [rule] } }
  await ask('PUT /policy', '?dryRun=true', { default: 'closed', groups: {} })
  await ask('PUT /policy', '', { default: 'open', groups, tests: [test] })
  await ask('PATCH /policy', '', { default: 'closed' })
  await ask('PATCH /policy', '', { default: 'open' })
  await ask('GET /policy', '')
  await ask('GET /policy', '', undefined, { accept: 'application/yaml' })
  const flow = { from: 'user:ada', to: 'any', protocol: 'tcp', port: 22 }
  await ask('POST /policy/explain', '', flow)
  await ask('POST /policy/explain', '', { ...flow, policy: { default: 'closed', groups } })
  await ask('DELETE /groups/{name}/members/{member}', 'ops user:ada')
  await ask('DELETE /groups/{name}', 'ops')
}

t.test('every operation answers as it is described, when it succeeds and when it refuses', async (t) => {
  const app = await openWithDocument(t)
  const { ask, seen } = recorder(t, app, app.document)
  const gw = 'gw.example.org'
  await ask('POST /users', '', { name: 'ada' })
  await ask('POST /users', '', [{ name: 'bob' }, { name: 'carl' }])
  await ask('POST /users', '', { name: 'ada' })
  await ask('PATCH /users/{name}', 'ada', { disabled: false })
  await ask('GET /users', '?limit=1')
  await ask('GET /users/{name}', 'ada')
  await ask('DELETE /users/{name}', 'carl')
  await ask('GET /users/{name}', 'nobody')
  for (const path of ['/gateway/{fqdn}', '/gateways/{fqdn}']) {
    await ask('POST /gateways', '', { name: gw, user: 'ada', slot: 3 })
    await ask('POST /gateways', '', [{ name: 'a.example.org', user: 'nobody' }])
    await ask('GET /gateways', '?user=ada&expiresBefore=2099-01-01T00:00:00Z')
    await ask(`GET ${path}`, gw)
    await ask(`PATCH ${path}`, gw, { disabled: true }, { 'if-match': '*' })
    await ask(`PATCH ${path}`, gw, { disabled: true }, { 'if-match': '"other"' })
    await ask(`GET ${path}/config`, gw)
    await ask(`POST ${path}/renew`, gw)
    await ask(`POST ${path}/renew`, gw, { force: true })
    await ask(`POST ${path}/renew`, gw, { force: true, old: 'revoke' })
    await ask(`GET ${path}`, gw)
    await ask(`GET ${path}/certificates`, gw)
    await ask(`GET ${path}/lan`, `${gw}?interface=br-lan`)
    await ask(`GET ${path}/firewall`, `${gw}?event=connect`)
    await ask(`GET ${path}/traffic`, `${gw}?from=2026-02-01`)
    await ask(`POST ${path}/disconnect`, gw)
    await ask('DELETE /users/{name}', 'ada')
    await ask(`DELETE ${path}`, gw)
    await ask(`GET ${path}/config`, gw)
  }
  await ask('POST /tokens', '', { name: 'prometheus', scope: 'read' })
  await ask('POST /tokens', '', { name: 'vpn1', scope: 'agent:vpn1', expiresAt: '2027-01-01T00:00:00Z' })
  await ask('GET /tokens', '?limit=9')
  await ask('GET /tokens/{name}', 'vpn1')
  await ask('DELETE /tokens/{name}', 'vpn1')
  await askOfPolicy(ask)
  await askAsAgent(ask)
  for (const path of [
    '/health',
    '/ca.crt',
    '/crl.pem',
    '/audit',
    '/status',
    '/metrics',
    '/sessions',
    '/sessions/history',
    '/hosts',
  ])
    await ask(`GET ${path}`, '')
  await ask('GET /problems/{code}', 'internal')
  for (const { method, path } of operationsOf(app.document))
    await ask(`${method.toUpperCase()} ${path}`, 'x?colour=red')
  const wanted = operationsOf(app.document).flatMap(({ method, path }) =>
    ['2xx', '4xx'].map((status) => `${method.toUpperCase()} ${path} ${status}`),
  )
  t.strictSame(
    wanted.filter((one) => !seen.has(one)),
    [],
    'each was made to succeed and to refuse',
  )
})

t.test('a page to browse the document is served from here alone', async (t) => {
  const { api, document } = await openWithDocument(t)
  const ask = askAs(api, undefined)
  const page = await ask('GET', '/docs')
  t.equal(page.status, 200)
  t.match(page.headers['content-type'], 'text/html')
  t.match(page.headers['content-security-policy'], /script-src 'self'/)
  const links = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => String(link))
  t.ok(links.length > 2)
  for (const link of links)
    t.equal((await ask('GET', new URL(link, 'http://localhost/docs').pathname)).status, 200, link)
  t.notOk(links.some((link) => link.startsWith('http')))
  t.strictSame((await ask('GET', '/docs/json')).body, document)
})
