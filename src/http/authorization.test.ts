import { subscribe } from 'node:diagnostics_channel'
import { Socket } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import t, { type Test } from 'tap'
import { askAs, openTestApp, TOKEN } from '../testing/test-unit.ts'
import { acceptedBy, authenticate, type Listener } from './authentication.ts'
import { agentHostOf, expectHost, type Need, neededFor, suffices } from './authorization.ts'

/**
 * What every route needs. A new one fails here until somebody has decided who may call it: `public` needs nothing.
 */
const NEEDS: Record<string, Need | 'public'> = {
  'GET /health': 'public',
  'GET /ca.crt': 'public',
  'GET /crl.pem': 'public',
  'GET /problems/:code': 'public',
  'GET /users': 'read',
  'POST /users': 'admin',
  'GET /users/:name': 'read',
  'PATCH /users/:name': 'admin',
  'DELETE /users/:name': 'admin',
  'GET /gateways': 'read',
  'POST /gateways': 'admin',
  ...ofGateway('/gateway/:fqdn'),
  ...ofGateway('/gateways/:fqdn'),
  'GET /tokens': 'admin',
  'POST /tokens': 'admin',
  'GET /tokens/:name': 'admin',
  'DELETE /tokens/:name': 'admin',
  'GET /groups': 'read',
  'POST /groups': 'admin',
  'GET /groups/:name': 'read',
  'PATCH /groups/:name': 'admin',
  'DELETE /groups/:name': 'admin',
  'GET /groups/:name/members': 'read',
  'PUT /groups/:name/members/:member': 'admin',
  'DELETE /groups/:name/members/:member': 'admin',
  'GET /groups/:name/rules': 'read',
  'PUT /groups/:name/rules': 'admin',
  'POST /groups/:name/rules': 'admin',
  'DELETE /groups/:name/rules/:position': 'admin',
  'GET /policy': 'read',
  'PUT /policy': 'admin',
  'PATCH /policy': 'admin',
  // It changes nothing.
  'POST /policy/explain': 'read',
  'GET /sessions': 'read',
  'GET /sessions/history': 'read',
  'GET /events': 'read',
  'GET /hosts': 'read',
  'GET /hosts/:name': 'read',
  'DELETE /hosts/:name': 'admin',
  'GET /agent/state': 'agent',
  'POST /agent/events': 'agent',
  'PUT /agent/hosts/:host': 'agent',
  'GET /audit': 'read',
  'GET /status': 'read',
  'GET /metrics': 'read',
}

function ofGateway(path: string): Record<string, Need> {
  return {
    [`GET ${path}`]: 'read',
    [`PATCH ${path}`]: 'admin',
    [`DELETE ${path}`]: 'admin',
    // It holds the private key.
    [`GET ${path}/config`]: 'admin',
    [`GET ${path}/certificates`]: 'read',
    [`GET ${path}/firewall`]: 'read',
    [`GET ${path}/lan`]: 'read',
    [`GET ${path}/rules`]: 'read',
    [`GET ${path}/traffic`]: 'read',
    [`POST ${path}/disconnect`]: 'admin',
    [`POST ${path}/renew`]: 'admin',
  }
}

/** What serves the documentation, which is open to everybody. */
const DOCUMENTATION = /^(GET|HEAD) \/(docs($|\/)|openapi\.json$)/

/** What may be called by whom; whoever is not in the list is forbidden, or, in the last line, nobody. */
const ALLOWED: Record<string, readonly string[]> = {
  public: ['admin', 'a', 'b', 'read', 'expired', 'removed', 'none'],
  read: ['admin', 'read'],
  admin: ['admin'],
  agent: ['admin', 'a', 'b'],
}
const NOBODY = ['expired', 'removed', 'none']

/** The routes of the app that is built next, as Fastify registers them. */
const routes = new Set<string>()
subscribe('fastify.initialization', (message) => {
  const { fastify } = message as { fastify: FastifyInstance }
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.add(`${one} ${url}`)
  })
})

/** A service with callers of every kind, by name. */
async function openWithCallers(t: Test) {
  routes.clear()
  const app = await openTestApp(t)
  const make = async (name: string, scope: string, expiresAt?: string) => {
    const { body } = await app.ask('POST', '/tokens', {
      name,
      scope,
      ...(expiresAt === undefined ? {} : { expiresAt }),
    })
    return (body as { token: string }).token
  }
  const callers: Record<string, string | undefined> = {
    none: undefined,
    read: await make('read', 'read'),
    a: await make('a', 'agent:a'),
    b: await make('b', 'agent:b'),
    admin: await make('admin', 'admin'),
    expired: await make('expired', 'admin', '2026-03-02T00:00:00Z'),
    removed: await make('removed', 'admin'),
  }
  await app.ask('DELETE', '/tokens/removed')
  app.clock.advanceDays(1)
  return { ...app, callers }
}

function wantedStatus(need: string, caller: string): string {
  if (ALLOWED[need]?.includes(caller)) return 'passes'
  return NOBODY.includes(caller) ? '401' : '403'
}

t.test('of every route it is decided who may call it', async (t) => {
  await openWithCallers(t)
  t.strictSame(
    [...routes].filter((route) => !route.startsWith('HEAD ') && !DOCUMENTATION.test(route)).sort(),
    Object.keys(NEEDS).sort(),
    'say in NEEDS what a new route needs',
  )
  for (const route of Object.keys(NEEDS).filter((one) => one.startsWith('GET ')))
    t.ok(routes.has(route.replace('GET', 'HEAD')), `${route} has a HEAD, which needs the same`)
})

t.test('every caller gets as far as that at every route, with every method', async (t) => {
  const { api, callers } = await openWithCallers(t)
  let count = 0
  for (const route of routes) {
    const [method = '', path = ''] = route.split(' ')
    const decided = NEEDS[`${method === 'HEAD' ? 'GET' : method} ${path}`] ?? 'undecided'
    const need = DOCUMENTATION.test(route) ? 'public' : decided
    // No call takes such a query: whoever passes meets that next, and nothing is done, or followed without end.
    const url = `${path.replaceAll(/:\w+/g, 'nobody')}?colour=red`
    for (const [caller, token] of Object.entries(callers)) {
      const { status } = await askAs(api, token)(method, url)
      const met = status === 401 || status === 403 ? String(status) : 'passes'
      t.equal(met, wantedStatus(need, caller), `${caller}: ${route}`)
      count++
    }
  }
  t.ok(count > 200)
})

t.test('a refusal names the scope there is and the one that is needed', async (t) => {
  const { api, callers } = await openWithCallers(t)
  const { body } = await askAs(api, callers.read)('POST', '/users', { name: 'ada' })
  t.match(body, {
    type: '/problems/forbidden',
    status: 403,
    detail: 'This call needs the scope "admin", and the caller has "read".',
  })
  t.match((await askAs(api, callers.a)('GET', '/users')).body, { detail: /needs the scope "read".*has "agent:a"/ })
  t.strictSame((await askAs(api, TOKEN)('GET', '/users')).body, [], 'nothing was made')
})

t.test(
  'who may read may ask what a policy would change, and may not change it, however the query is written',
  async (t) => {
    const { api, unit, callers } = await openWithCallers(t)
    const revision = unit.store.site.revision()
    const put = (query: string, caller = callers.read) =>
      askAs(api, caller)('PUT', `/policy${query}`, { default: 'closed', groups: {} })
    t.match(await put('?dryRun=true'), { status: 200, body: { changed: true } })
    for (const query of ['', '?dryRun=false', '?dryRun=', '?dryRun=TRUE', '?dryrun=true', '?dryRun=true&dryRun=false'])
      t.equal((await put(query)).status, 403, query)
    for (const query of ['?dryRun=false&dryRun=true', '?dryRun[]=true', '?%64ryRun=false', '#?dryRun=true'])
      t.equal((await put(query)).status, 403, query)
    t.equal((await put('?%64ryRun=true')).status, 200)
    t.equal((await put('?dryRun=true', callers.a)).status, 403, 'an agent may not even ask')
    t.equal(unit.store.site.revision(), revision)
    t.equal(unit.store.site.defaultPolicy(), 'open')
  },
)

t.test('who is forbidden a call does not learn what it would have said to the body', async (t) => {
  const { api, callers } = await openWithCallers(t)
  const ask = askAs(api, callers.read)
  t.match(await ask('POST', '/users', '{"no', { 'content-type': 'application/json' }), { status: 403 })
  t.match(await ask('GET', '/tokens?colour=red'), { status: 403 })
})

t.test('a route that says nothing may be read by those who read, and changes by an administrator alone', async (t) => {
  t.equal(neededFor('GET', {}), 'read')
  t.equal(neededFor('HEAD', {}), 'read')
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) t.equal(neededFor(method, {}), 'admin', method)
  for (const scope of ['read', 'admin', 'agent'] as const) {
    for (const method of ['GET', 'POST']) t.equal(neededFor(method, { scope }), scope)
  }
})

t.test('a scope is enough for itself, and the administrator’s for everything', async (t) => {
  const needs = ['read', 'admin', 'agent'] as const
  const enough = (scope: Parameters<typeof suffices>[0]) => needs.filter((need) => suffices(scope, need))
  t.same(enough('admin'), needs)
  t.same(enough('read'), ['read'])
  t.same(enough('agent'), ['agent'])
  t.same(enough('agent:a'), ['agent'])
  t.same(enough('agent:read'), ['agent'], 'a host of that name')
})

t.test('an agent speaks for its own host, and whoever is no one’s agent for any', async (t) => {
  const { unit, callers } = await openWithCallers(t)
  const from = (listener: Listener, token = '') => {
    const socket = new Socket()
    acceptedBy(socket, listener)
    const headers = { authorization: `Bearer ${token}` }
    const request = { id: 'r', raw: { socket }, headers } as unknown as FastifyRequest
    authenticate(unit, request)
    return request
  }
  const agent = from('tcp', callers.a)
  t.equal(agentHostOf(agent), 'a')
  t.doesNotThrow(() => expectHost(agent, 'a'))
  for (const host of ['b', '', 'A', 'a.example.org']) {
    t.throws(() => expectHost(agent, host), {
      code: 'forbidden',
      message: `"agent:a", and may not speak for "${host}"`,
    })
  }
  const own = from('agent-socket')
  t.equal(agentHostOf(own), unit.config.hostName)
  t.doesNotThrow(() => expectHost(own, unit.config.hostName))
  t.throws(() => expectHost(own, 'b'), { code: 'forbidden', message: 'VPNUNIT_HOST_NAME is the same' })
  for (const request of [from('socket'), from('tcp', TOKEN), from('tcp', callers.admin)]) {
    t.equal(agentHostOf(request), undefined)
    for (const host of ['a', 'b']) t.doesNotThrow(() => expectHost(request, host))
  }
})
