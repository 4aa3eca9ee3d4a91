import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { EasyRsa } from './easy-rsa.ts'
import { gatewayName, type Population } from './population.ts'
import type { Service } from './service.ts'
import { CONCURRENCY, type Sizes } from './sizes.ts'
import { type Row, timesFaster } from './table.ts'

/** From the request until the list that refuses the certificate is in place, with thousands in it already. */
export async function revoke({ client, data }: Service, population: Population, easyRsa: EasyRsa, sizes: Sizes) {
  let next = population.size
  const messages = (count: number) =>
    Array.from({ length: count }, () => client.message('DELETE', `/gateway/${gatewayName(--next)}`))
  await client.cost(messages(sizes.revoked), CONCURRENCY)
  easyRsa.fabricateRevoked(sizes.revoked)
  const pairs = { name: 'easy-rsa', ours: [] as number[], values: [] as number[] }
  for (let pair = 0; pair < sizes.pairs; pair++) {
    pairs.ours.push(await client.cost(messages(sizes.revocations), 1))
    const name = await easyRsa.buildClient()
    const startedMs = performance.now()
    await easyRsa.revoke(name)
    pairs.values.push(performance.now() - startedMs)
  }
  checkList(join(data, 'pki/crl.pem'), population.size - next)
  checkList(easyRsa.crl, sizes.revoked + sizes.pairs)
  const row: Row = timesFaster(`revoke, until the list of ${sizes.revoked} is in place`, 'ms', pairs, 8)
  return [row]
}

/** Both have done the same work only if the lists are whole. */
function checkList(path: string, count: number): void {
  const text = execFileSync('openssl', ['crl', '-in', path, '-noout', '-text'], { maxBuffer: 2 ** 26 }).toString()
  const revoked = text.split('Serial Number:').length - 1
  if (revoked !== count) throw new Error(`${path} revokes ${revoked} certificates, not ${count}`)
}
