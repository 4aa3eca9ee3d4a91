import { Histogram, type Registry } from 'prom-client'

/** One request that was answered. `route` is the pattern it matched, undefined when it matched none. */
export type AnsweredRequest = { route: string | undefined; method: string; status: number; seconds: number }

/** Reads take a millisecond or two, changes ten, a large RSA key seconds. */
const BUCKETS = [0.0025, 0.01, 0.05, 0.25, 1, 5]

/** Whoever sends nonsense must not be able to make a series with each word of it. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** How long requests took. By pattern, never by path: paths hold names, and there is no end to them. */
export function openRequestHistogram(registry: Registry): (request: AnsweredRequest) => void {
  const histogram = new Histogram({
    name: 'vpnunit_http_request_duration_seconds',
    help: 'How long requests took, by route, method and class of status.',
    labelNames: ['route', 'method', 'status'],
    buckets: BUCKETS,
    registers: [registry],
  })
  return ({ route, method, status, seconds }) => {
    const labels = {
      route: route ?? 'unknown',
      method: METHODS.has(method) ? method : 'other',
      status: `${Math.floor(status / 100)}xx`,
    }
    histogram.observe(labels, seconds)
  }
}
