import type { FastifyRequest } from 'fastify'
import { quote } from '../domain/names.ts'
import { Problem } from '../domain/problem.ts'
import { type Identity, identityOf } from './authentication.ts'

/** What a call needs: a scope, of an agent that of whichever host. */
export type Need = 'read' | 'admin' | 'agent'

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * What a call of the route needs, where it is not what its method says: see `neededFor`. A function, where it depends on
     * the query; nothing else of the request is there to be asked.
     */
    scope?: Need | ((query: unknown) => Need)
  }
}

/** What a call needs: what its route declares; otherwise whoever may read may see, and an administrator may change. */
export function neededFor(method: string, config: { scope?: Need }): Need {
  return config.scope ?? (method === 'GET' || method === 'HEAD' ? 'read' : 'admin')
}

/** Whether a scope is enough. The administrator's is for everything, an agent's calls too: they can be looked into. */
export function suffices(scope: Identity['scope'], need: Need): boolean {
  return scope === 'admin' || scope === need || (need === 'agent' && scope.startsWith('agent:'))
}

/**
 * Lets an authenticated request pass that may do what it asks for.
 * @throws Problem forbidden, naming the scope there is and the one that is needed
 */
export function authorize(request: FastifyRequest): void {
  const { scope } = identityOf(request)
  // First, because it costs nothing, and most calls are an administrator's.
  if (scope === 'admin') return
  const { scope: declared } = request.routeOptions.config
  const own = typeof declared === 'function' ? declared(request.query) : declared
  const need = neededFor(request.method, own === undefined ? {} : { scope: own })
  if (suffices(scope, need)) return
  throw new Problem('forbidden', `This call needs the scope "${need}", and the caller has "${scope}".`)
}

/** The one host that a caller may speak for; undefined when it may for any, as the administrator. */
export function agentHostOf(request: FastifyRequest): string | undefined {
  return identityOf(request).host
}

/**
 * Keeps the agent of one host from speaking for another: for every route of agents, as soon as it knows the host.
 * @throws Problem forbidden
 */
export function expectHost(request: FastifyRequest, host: string): void {
  const { scope, host: own } = identityOf(request)
  if (own === undefined || own === host) return
  const hint =
    scope === 'agent' ? ` On one machine VPNUNIT_HOST_NAME is the same for service and agent; here it is ${own}.` : ''
  throw new Problem('forbidden', `The caller has the scope "${scope}", and may not speak for ${quote(host)}.${hint}`)
}
