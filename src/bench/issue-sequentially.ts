import type { Cfssl } from './cfssl.ts'
import type { EasyRsa } from './easy-rsa.ts'
import type { Population } from './population.ts'
import type { Service } from './service.ts'
import type { Sizes } from './sizes.ts'
import { type Row, timesFaster } from './table.ts'

/** One gateway after the other, against a program that is called for each and a service that is asked for each. */
export async function issueSequentially(
  { client }: Service,
  population: Population,
  peers: { easyRsa: EasyRsa; cfssl: Cfssl },
  sizes: Sizes,
): Promise<Row[]> {
  const withEasyRsa = { name: 'easy-rsa', ours: [] as number[], values: [] as number[] }
  const withCfssl = { name: 'cfssl', ours: [] as number[], values: [] as number[] }
  const issue = async () => client.cost(await population.messages(client, sizes.sequential), 1)
  const ask = () => peers.cfssl.client.cost(peers.cfssl.messages(sizes.sequential), 1)
  await issue()
  await ask()
  for (let pair = 0; pair < sizes.pairs; pair++) {
    withEasyRsa.ours.push(await issue())
    const startedMs = performance.now()
    await peers.easyRsa.buildClient()
    withEasyRsa.values.push(performance.now() - startedMs)
    withCfssl.ours.push(await issue())
    withCfssl.values.push(await ask())
  }
  peers.cfssl.checkStored()
  return [
    timesFaster('issue, one after the other', 'ms', withEasyRsa, 100),
    timesFaster('issue, one after the other', 'ms', withCfssl, 0.9),
  ]
}
