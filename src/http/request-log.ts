import type { Api } from './api.ts'

/** One line a request, without its body, its headers and whatever secret they hold. */
export function logRequests(api: Api): void {
  api.addHook('onResponse', (request, reply, done) => {
    const line = {
      method: request.method,
      url: request.url.slice(0, 256),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
    }
    request.log.info(line, 'request')
    done()
  })
}
