import { Registry } from 'prom-client'
import t from 'tap'
import { openRequestHistogram } from './request-histogram.ts'
import { samplesOf } from './testing/samples.ts'

const NAME = 'vpnunit_http_request_duration_seconds'

function open() {
  const registry = new Registry()
  const count = openRequestHistogram(registry)
  return { count, samples: async () => samplesOf(await registry.metrics()) }
}

t.test('a request is counted by route, method and class of status', async (t) => {
  const { count, samples } = open()
  count({ route: '/users/:name', method: 'GET', status: 200, seconds: 0.02 })
  count({ route: '/users/:name', method: 'GET', status: 204, seconds: 0.3 })
  count({ route: '/users/:name', method: 'GET', status: 404, seconds: 0.001 })
  const seen = await samples()
  const good = 'route="/users/:name",method="GET",status="2xx"'
  t.equal(seen.get(`${NAME}_count{${good}}`), 2)
  t.equal(seen.get(`${NAME}_sum{${good}}`), 0.32)
  t.equal(seen.get(`${NAME}_bucket{le="0.01",${good}}`), 0)
  t.equal(seen.get(`${NAME}_bucket{le="0.05",${good}}`), 1)
  t.equal(seen.get(`${NAME}_bucket{le="+Inf",${good}}`), 2)
  t.equal(seen.get(`${NAME}_count{route="/users/:name",method="GET",status="4xx"}`), 1)
})

t.test('whatever somebody sends, it makes no more series than there are methods', async (t) => {
  const { count, samples } = open()
  for (const method of ['PROPFIND', 'PURGE', 'M-SEARCH']) count({ route: undefined, method, status: 404, seconds: 0 })
  count({ route: undefined, method: 'GET', status: 404, seconds: 0 })
  const counts = [...(await samples())].filter(([series]) => series.startsWith(`${NAME}_count`))
  t.strictSame(counts, [
    [`${NAME}_count{route="unknown",method="other",status="4xx"}`, 3],
    [`${NAME}_count{route="unknown",method="GET",status="4xx"}`, 1],
  ])
})
