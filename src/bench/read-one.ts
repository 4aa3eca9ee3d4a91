import { join } from 'node:path'
import { Client } from './client.ts'
import { gatewayName, type Population } from './population.ts'
import { freePort, Process } from './process.ts'
import type { Service } from './service.ts'
import { CONCURRENCY, type Sizes } from './sizes.ts'
import { type Row, timesFaster } from './table.ts'

/** Reading one gateway, another each time, against a fastify that answers one constant without token or log. */
export async function readOne(
  { client }: Service,
  population: Population,
  folder: string,
  sizes: Sizes,
): Promise<Row[]> {
  const port = await freePort()
  const args = ['--max-semi-space-size=8', join(import.meta.dirname, 'hello.ts'), String(port)]
  const log = join(folder, 'hello.log')
  const hello = await Process.start({ file: process.execPath, args, cwd: folder, log, port }, '/')
  const other = await Client.open(port)
  const pairs = { name: 'hello world', ours: [] as number[], values: [] as number[] }
  const ours = Array.from({ length: sizes.reads }, (_, index) =>
    client.message('GET', `/gateway/${gatewayName((index * 17) % population.size)}`),
  )
  const theirs = ours.map(() => other.message('GET', '/'))
  try {
    await client.cost(ours, CONCURRENCY)
    await other.cost(theirs, CONCURRENCY)
    for (let pair = 0; pair < sizes.pairs; pair++) {
      pairs.ours.push(await client.cost(ours, CONCURRENCY))
      pairs.values.push(await other.cost(theirs, CONCURRENCY))
    }
  } finally {
    other.close()
    await hello.stop()
  }
  return [timesFaster(`read one gateway, ${CONCURRENCY} at a time`, 'ms', pairs, 0.4)]
}
