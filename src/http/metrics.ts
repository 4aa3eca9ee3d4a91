import { Type } from 'typebox'
import { SECOND_MS } from '../domain/lifetime.ts'
import { createMetrics, type Metrics, type WarningFlags } from '../metrics/registry.ts'
import type { Unit } from '../unit.ts'
import { type Api, refusals } from './api.ts'
import { WARNING_CODES, warningsOf } from './warnings.ts'

/** Calls that are held open until something happens: how long they take says nothing of how fast the service is. */
const HELD_OPEN: readonly (string | undefined)[] = ['/agent/state', '/events']

/** Opens the metrics of a unit, and counts every request to the routes that are added to `api` from here on. */
export function openMetrics(api: Api, unit: Unit): Metrics {
  const metrics = createMetrics(unit, () => flagWarnings(unit))
  api.addHook('onResponse', (request, reply, done) => {
    const isRefused = reply.statusCode >= 400
    if (HELD_OPEN.includes(request.routeOptions.url) && !isRefused) return done()
    metrics.countRequest({
      route: request.routeOptions.url,
      method: request.method,
      status: reply.statusCode,
      seconds: reply.elapsedTime / SECOND_MS,
    })
    done()
  })
  return metrics
}

/** What Prometheus asks for. How many users and gateways there are is nobody else's concern, so it needs a token. */
export function metricsRoute(api: Api, metrics: Metrics): void {
  api.get(
    '/metrics',
    {
      schema: {
        tags: ['service'],
        summary: 'Metrics for Prometheus; none of them holds a name of a user or gateway',
        response: {
          200: {
            description: 'Prometheus’ text format',
            content: { 'text/plain; version=0.0.4': { schema: Type.String() } },
          },
          ...refusals,
        },
      },
    },
    async (_, reply) => reply.type(metrics.contentType).send(await metrics.text()),
  )
}

function flagWarnings(unit: Unit): WarningFlags {
  const codes = new Set(warningsOf(unit).map(({ code }) => code))
  return Object.fromEntries(WARNING_CODES.map((code) => [code, Number(codes.has(code))]))
}
