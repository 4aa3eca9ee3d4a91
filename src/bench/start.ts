import { type Prefix, Service } from './service.ts'
import type { Sizes } from './sizes.ts'
import { type Row, under } from './table.ts'

/** From the call of script/vpnunit to the first answer of GET /health, and the memory that is resident then. */
export async function start(folder: string, prefix: Prefix, gateways: number, sizes: Sizes): Promise<Row[]> {
  const startMs: number[] = []
  const residentMb: number[] = []
  for (let run = 0; run < sizes.pairs; run++) {
    const service = await Service.start(folder, prefix)
    startMs.push(service.process.startMs)
    residentMb.push(service.process.residentMb())
    await service.stop()
  }
  return [
    under(`start with ${gateways} gateways`, 'ms', startMs, 1000),
    under('resident memory after that start', 'MB', residentMb, 150),
  ]
}
