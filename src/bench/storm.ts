import type { Sizes } from './sizes.ts'
import { measureStorm, type Storm } from './storm/measure.ts'
import { formatStorm, formatStorms, rowsOf } from './storm/results.ts'
import { StormHost } from './storm/storm-host.ts'
import { undone } from './storm/undoing.ts'
import { TITLES, VARIANTS, type Variant } from './storm/variants.ts'
import type { Row } from './table.ts'

/** What happened in the storms of each variant, in the order of the rounds. */
export type Storms = Record<Variant, Storm[]>

/** Real clients that all begin again at once: OpenVPN with files, with scripts, and with the agent. */
export function storm(sizes: Sizes, say: (text: string) => void): Promise<Row[]> {
  return undone(async (owner) => {
    const host = await StormHost.make(owner, sizes.clients)
    const agent = await host.startAgent(owner)
    const storms: Storms = { ccd: [], sh: [], python: [], agent: [] }
    for (let round = 0; round < sizes.storms; round++) {
      for (const variant of VARIANTS.filter((one) => isDue(one, round, sizes))) {
        const one = await measureStorm(host, variant, agent)
        storms[variant].push(one)
        say(`storm ${round + 1}, ${TITLES[variant]}: ${formatStorm(one)}\n`)
      }
    }
    say(`\n${formatStorms(storms)}\n`)
    return rowsOf(storms)
  })
}

/** The scripts take long, and little is to be learned of them. */
function isDue(variant: Variant, round: number, sizes: Sizes): boolean {
  return variant === 'ccd' || variant === 'agent' || round < sizes.scripted
}
