import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { until } from '../e2e/lab/until.ts'
import { Follower } from './follower.ts'
import { gatewayName } from './population.ts'
import { type Prefix, Service } from './service.ts'
import type { Sizes } from './sizes.ts'
import { percentile } from './storm/measure.ts'
import { type Row, reported, under } from './table.ts'

const HOST = 'vpn1'
const START_MS = 30_000

/** Long enough for the last line of the log to be written. */
const LOG_MS = 300

/** How soon an agent knows of a change, and how large all that it knows is. */
export async function feed(folder: string, prefix: Prefix, gateways: number, sizes: Sizes): Promise<Row[]> {
  const service = await Service.start(folder, prefix, { VPNUNIT_INSTANCES: '0', VPNUNIT_HOST_NAME: HOST })
  try {
    const whole = await wholeState(service, gateways, sizes)
    const follower = new Follower(join(service.data, 'run/agent.sock'), HOST)
    try {
      await until('the follower knows all', START_MS, () => follower.copy.size === gateways)
      return [...whole, ...(await changes(service, follower, sizes))]
    } finally {
      await follower.stop()
    }
  } finally {
    await service.stop()
  }
}

async function wholeState(service: Service, gateways: number, sizes: Sizes): Promise<Row[]> {
  const url = `/agent/state?host=${HOST}`
  const { client } = service
  const message = client.message('GET', url).replace('\r\n\r\n', '\r\nAccept-Encoding: gzip\r\n\r\n')
  let bytes = 0
  for (let asked = 0; asked < sizes.lists * 2; asked++) {
    const { body } = await client.one(message)
    bytes = body.byteLength
    const { length } = (JSON.parse(gunzipSync(body).toString()) as { gateways: object[] }).gateways
    if (length !== gateways) throw new Error(`the state has ${length} gateways, not ${gateways}`)
  }
  await sleep(LOG_MS)
  const title = `feed: the whole state of ${gateways} gateways`
  return [
    under(`${title}, gzipped`, 'KB', [bytes / 1000], 500),
    reported(`${title}, server time`, 'ms', service.loggedMs(url, sizes.lists)),
  ]
}

/** Changes that are not counted: the first ones of a service take what no later one does. */
const WARMTH = 10

/** A gateway after the other is disabled, and each enabled again. */
async function changes({ client }: Service, follower: Follower, { changes: count }: Sizes): Promise<Row[]> {
  const sinceCall: number[] = []
  const sinceAnswer: number[] = []
  for (let change = 0; change < count + WARMTH; change++) {
    const [name, isDisabled] = [gatewayName(change >> 1), change % 2 === 0]
    const held = follower.holds(name, isDisabled)
    const message = client.message('PATCH', `/gateway/${name}`, { disabled: isDisabled })
    const calledMs = performance.now()
    const answered = client.one(message).then(() => performance.now())
    const [heldMs, answeredMs] = await Promise.all([held, answered])
    if (change < WARMTH) continue
    sinceCall.push(heldMs - calledMs)
    sinceAnswer.push(heldMs - answeredMs)
  }
  const title = 'feed: from the call that changes a gateway to the memory of an agent'
  return [
    under(title, 'ms', sinceCall, 50),
    under(`${title}, p99`, 'ms', [percentile(sinceCall, 99)], 50),
    reported('feed: from its answer to there, below 0 when it is there before', 'ms', sinceAnswer),
  ]
}
