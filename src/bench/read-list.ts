import { setTimeout as sleep } from 'node:timers/promises'
import type { Population } from './population.ts'
import type { Service } from './service.ts'
import type { Sizes } from './sizes.ts'
import { type Row, under } from './table.ts'

/** Long enough for the last line of the log to be written. */
const LOG_MS = 300

/** The whole list, one after the other; the time is the service's own, from its log. */
export async function readList(service: Service, population: Population, sizes: Sizes): Promise<Row[]> {
  const { client } = service
  const message = client.message('GET', '/gateways')
  for (let read = 0; read < sizes.lists * 2; read++) {
    const { body } = await client.one(message)
    const { length } = JSON.parse(body.toString()) as unknown[]
    if (length !== population.size) throw new Error(`the list has ${length} gateways, not ${population.size}`)
  }
  await sleep(LOG_MS)
  const serverMs = service.loggedMs('/gateways', sizes.lists)
  return [under(`list of ${population.size} gateways, server time`, 'ms', serverMs, 15)]
}
