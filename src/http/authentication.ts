import { timingSafeEqual } from 'node:crypto'
import type { Socket } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { formatTime } from '../domain/lifetime.ts'
import { Problem } from '../domain/problem.ts'
import { hostOfScope, type Scope } from '../domain/scope.ts'
import { digestOfToken, isTokenText } from '../domain/token-text.ts'
import type { Caller } from '../provision/change.ts'
import type { TokenFacts } from '../store/tokens.ts'
import type { Unit } from '../unit.ts'

/** Where a connection was accepted. */
export type Listener = 'socket' | 'agent-socket' | 'tcp'

/**
 * Who a request is from, and what it may do. `host` is the VPN host whose agent it is, of the agents' socket this one;
 * undefined for an administrator, who may speak for any.
 */
export type Identity = Caller & { scope: Scope | 'agent'; host: string | undefined }

/**
 * Which listener accepted a connection, set when it did. Nothing else says who a caller is: the address of a connection
 * that was reset is undefined, like that of a unix socket, and must not make its owner an administrator.
 */
const listeners = new WeakMap<Socket, Listener>()

const identities = new WeakMap<FastifyRequest, Identity>()

/** To be called for each connection as it is accepted. */
export function acceptedBy(socket: Socket, listener: Listener): void {
  listeners.set(socket, listener)
}

/**
 * Lets a request pass and says who it is from: on a unix socket whoever the file's mode lets in, the administrator or an
 * agent; everywhere else whoever has a token. What it may do is `authorize`'s to say.
 * @throws Problem unauthorized
 */
export function authenticate(unit: Unit, request: FastifyRequest): void {
  identities.set(request, { requestId: request.id, ...whoIs(unit, request) })
}

/** Whether a request that takes long would pass again: its token may have been removed meanwhile, or have ended. */
export function mayGoOn(unit: Unit, request: FastifyRequest): boolean {
  try {
    whoIs(unit, request)
    return true
  } catch {
    // Also where it can't be known: this is asked in the midst of somebody else's change.
    return false
  }
}

function whoIs(unit: Unit, request: FastifyRequest): Omit<Identity, 'requestId'> {
  const listener = listeners.get(request.raw.socket)
  if (listener === 'socket') return { actor: 'administrator (socket)', scope: 'admin', host: undefined }
  if (listener === 'agent-socket') return { actor: 'agent (socket)', scope: 'agent', host: unit.config.hostName }
  const [scheme, text, ...rest] = (request.headers.authorization ?? '').split(' ')
  if (scheme?.toLowerCase() !== 'bearer' || text === undefined || rest.length > 0) {
    throw new Problem('unauthorized', 'Send the token: "Authorization: Bearer <token>".')
  }
  if (unit.adminToken.equals(text)) return { actor: 'administrator (token)', scope: 'admin', host: undefined }
  const { name, scope } = knownText(unit, text)
  return { actor: `token ${name}`, scope, host: hostOfScope(scope) }
}

/** The token of this text, whose use is noted. */
function knownText(unit: Unit, text: string): TokenFacts {
  const token = isTokenText(text) ? findText(unit, text) : undefined
  if (token === undefined) throw new Problem('unauthorized', 'The token is not one of this service.')
  const { name, expiresAt } = token
  const now = unit.now()
  if (expiresAt !== null && expiresAt <= now) {
    throw new Problem('unauthorized', `The token "${name}" ended ${formatTime(expiresAt)}: it needs a successor.`)
  }
  unit.store.tokenUses.note(name, now)
  return token
}

/** An index finds the digest, in a time that may tell of it; what is found is compared in one that does not. */
function findText(unit: Unit, text: string): TokenFacts | undefined {
  const digest = digestOfToken(text)
  const token = unit.store.tokens.findByDigest(digest)
  return token !== undefined && timingSafeEqual(token.digest, digest) ? token : undefined
}

/** Who a request that passed is from, with what it may do. */
export function identityOf(request: FastifyRequest): Identity {
  const identity = identities.get(request)
  if (identity === undefined) throw new Error('the request was not authenticated')
  return identity
}

/** Who a request that passed is from, as the audit names it. */
export function callerOf(request: FastifyRequest): Caller {
  const { actor, requestId } = identityOf(request)
  return { actor, requestId }
}
