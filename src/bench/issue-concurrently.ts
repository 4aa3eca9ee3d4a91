import type { Cfssl } from './cfssl.ts'
import type { Population } from './population.ts'
import type { Service } from './service.ts'
import { CONCURRENCY, type Sizes } from './sizes.ts'
import { type Row, timesFaster } from './table.ts'

/** Sixteen gateways at a time, against a service that is asked the same. */
export async function issueConcurrently(
  { client }: Service,
  population: Population,
  cfssl: Cfssl,
  sizes: Sizes,
): Promise<Row[]> {
  const pairs = { name: 'cfssl', ours: [] as number[], values: [] as number[] }
  const issue = async () => client.cost(await population.messages(client, sizes.concurrent), CONCURRENCY)
  const ask = () => cfssl.client.cost(cfssl.messages(sizes.concurrent), CONCURRENCY)
  await issue()
  await ask()
  for (let pair = 0; pair < sizes.pairs; pair++) {
    pairs.ours.push(await issue())
    pairs.values.push(await ask())
  }
  cfssl.checkStored()
  return [timesFaster(`issue, ${CONCURRENCY} at a time`, 'ms', pairs, 1.2)]
}
