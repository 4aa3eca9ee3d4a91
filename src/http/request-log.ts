import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Api } from './api.ts'

/** One line a request, without its body, its headers and whatever secret they hold. */
export function logRequests(api: Api): void {
  api.addHook('onResponse', (request, reply, done) => {
    logRequest(request, reply)
    done()
  })
}

/** The line of one request that is answered; for those that the router refuses, no hook is called. */
export function logRequest(request: FastifyRequest, reply: FastifyReply): void {
  const line = {
    method: request.method,
    url: request.url.slice(0, 256),
    status: reply.statusCode,
    ms: Math.round(reply.elapsedTime * 10) / 10,
  }
  // Health is asked twice a minute by whatever watches a container.
  if (request.url === '/health') request.log.debug(line, 'request')
  else request.log.info(line, 'request')
}
