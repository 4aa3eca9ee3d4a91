import { gatewayName, type Population } from './population.ts'
import type { Service } from './service.ts'
import { CONCURRENCY, type Sizes } from './sizes.ts'
import { type Row, timesTheCost } from './table.ts'

/** How many a small installation has. */
export const FEW = 10

type Installation = { service: Service; population: Population }

/** What one more gateway costs where there are thousands, against where there are ten. */
export async function growth(large: Installation, small: Installation, sizes: Sizes): Promise<Row[]> {
  const label = `issue on a /48 at ${large.population.size} gateways`
  const pairs = { name: `at ${FEW} gateways`, ours: [] as number[], values: [] as number[] }
  const [atLarge, atSmall] = [await issuing(large, sizes.growth), await issuing(small, sizes.growth)]
  for (let pair = 0; pair < sizes.pairs; pair++) {
    pairs.ours.push(await atLarge())
    pairs.values.push(await atSmall())
  }
  return [timesTheCost(label, 'ms', pairs, 1.3)]
}

/** Issues some gateways and deletes them again, which is not timed: a /48 has no room for more of them. */
async function issuing(
  { service: { client }, population }: Installation,
  count: number,
): Promise<() => Promise<number>> {
  const first = population.size
  const messages = await population.messages(client, count)
  const undo = messages.map((_, index) => client.message('DELETE', `/gateway/${gatewayName(first + index)}`))
  return async () => {
    const cost = await client.cost(messages, 1)
    await client.cost(undo, CONCURRENCY)
    return cost
  }
}

/** Issues one by one until the code is compiled: the first requests cost several times the later. */
export async function warmUp({ service: { client }, population }: Installation, count: number): Promise<void> {
  await client.cost(await population.messages(client, count), 1)
}

/** Deletes all but the first few: an installation that is small, of a service that has worked. */
export async function keepFew({ service: { client }, population }: Installation): Promise<void> {
  const names = Array.from({ length: population.size - FEW }, (_, index) => gatewayName(FEW + index))
  await client.cost(
    names.map((name) => client.message('DELETE', `/gateway/${name}`)),
    1,
  )
}
