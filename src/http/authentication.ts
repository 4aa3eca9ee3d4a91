import type { Socket } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { Problem } from '../domain/problem.ts'
import type { Caller } from '../provision/change.ts'
import type { Unit } from '../unit.ts'

/** Where a connection was accepted. */
export type Listener = 'socket' | 'tcp'

/**
 * Which listener accepted a connection, set when it did. Nothing else says who a caller is: the address of a connection
 * that was reset is undefined, like that of a unix socket, and must not make its owner an administrator.
 */
const listeners = new WeakMap<Socket, Listener>()

const callers = new WeakMap<FastifyRequest, Caller>()

/** To be called for each connection as it is accepted. */
export function acceptedBy(socket: Socket, listener: Listener): void {
  listeners.set(socket, listener)
}

/**
 * Lets a request pass and says who it is from: on the unix socket the administrator, whom the file's mode lets in;
 * everywhere else whoever has the token.
 * @throws Problem unauthorized
 */
export function authenticate(unit: Unit, request: FastifyRequest): void {
  callers.set(request, { actor: actorOf(unit, request), requestId: request.id })
}

function actorOf(unit: Unit, request: FastifyRequest): string {
  if (listeners.get(request.raw.socket) === 'socket') return 'administrator (socket)'
  const [scheme, token, ...rest] = (request.headers.authorization ?? '').split(' ')
  if (scheme?.toLowerCase() !== 'bearer' || token === undefined || rest.length > 0) {
    throw new Problem('unauthorized', 'Send the token: "Authorization: Bearer <token>".')
  }
  if (!unit.adminToken.equals(token)) throw new Problem('unauthorized', 'The token is not the one of this service.')
  return 'administrator (token)'
}

/** Who a request that passed is from. */
export function callerOf(request: FastifyRequest): Caller {
  const caller = callers.get(request)
  if (caller === undefined) throw new Error('the request was not authenticated')
  return caller
}
