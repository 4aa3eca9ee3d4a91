import { Problem } from './problem.ts'

/** What a token is good for: everything, everything that only shows, or what the agent of one host needs. */
export type Scope = 'admin' | 'read' | `agent:${string}`

/** The name of a VPN host, of one label or more; the last is not all digits, or it would be taken for an address. */
export const HOST_PATTERN =
  '^(?!(.*\\.)?[0-9]+$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$'
export const HOST_LENGTH_MAX = 253

const HOST = new RegExp(HOST_PATTERN)

/** Whether a text can be the name of a VPN host. */
export function isHostNameText(text: string): boolean {
  return text.length <= HOST_LENGTH_MAX && HOST.test(text)
}

/**
 * The only door through which a scope enters.
 * @throws Problem bad-request
 */
export function parseScope(text: string): Scope {
  if (text === 'admin' || text === 'read') return text
  const [kind, host = '', ...rest] = text.split(':')
  if (kind === 'agent' && rest.length === 0 && isHostNameText(host)) return `agent:${host}`
  throw new Problem('bad-request', 'A scope is "admin", "read" or "agent:" with the name of a VPN host in lower case.')
}

/** The host whose agent a scope is for. */
export function hostOfScope(scope: Scope): string | undefined {
  return scope.startsWith('agent:') ? scope.slice('agent:'.length) : undefined
}
