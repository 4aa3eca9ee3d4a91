import type { Storms } from '../storm.ts'
import { atMostMore, formatSpread, type Pairs, type Row, timesFaster, timesTheCost, under } from '../table.ts'
import { percentile, type Storm } from './measure.ts'
import { TITLES, VARIANTS } from './variants.ts'

const p99 = ({ rtts }: Storm) => percentile(rtts, 99)

type Column = [title: string, unit: string, of: (storm: Storm) => number]

const COLUMNS: Column[] = [
  ['half are back', 'ms', ({ half }) => half],
  ['95 % are back', 'ms', ({ most }) => most],
  ['not back', '', ({ missing }) => missing],
  ['CPU of OpenVPN', 'ms', ({ serverMs }) => serverMs],
  ['of scripts', 'ms', ({ scriptMs }) => scriptMs],
  ['of the agent', 'ms', ({ agentMs }) => agentMs],
  ['ping, median', 'ms', ({ rtts }) => percentile(rtts, 50)],
  ['ping, p99', 'ms', p99],
  ['pings lost', '', ({ lost }) => lost],
  ['packets dropped by the server’s socket', '', ({ dropped }) => dropped],
]

/** One storm in a line, for who waits. */
export function formatStorm(storm: Storm): string {
  return COLUMNS.map(([title, unit, of]) => `${title} ${Math.round(of(storm) * 100) / 100} ${unit}`.trim()).join(', ')
}

/** All that was seen, a line for each variant; CPU is for one client. */
export function formatStorms(storms: Storms): string {
  const head = [`| | ${VARIANTS.map((variant) => TITLES[variant]).join(' | ')} |`, `|${' --- |'.repeat(5)}`]
  const lines = COLUMNS.map(([title, unit, of]) => {
    const cells = VARIANTS.map((variant) => formatSpread(storms[variant].map(of), unit))
    return `| ${[title, ...cells].join(' | ')} |`
  })
  return `${[...head, ...lines].join('\n')}\n`
}

/** What there are goals for. */
export function rowsOf(storms: Storms): Row[] {
  const against = (variant: 'ccd' | 'python', of: (storm: Storm) => number): Pairs => {
    const values = storms[variant].map(of)
    return { name: TITLES[variant], ours: storms.agent.slice(0, values.length).map(of), values }
  }
  const most = ({ most }: Storm) => most
  return [
    under(
      'storm: CPU of the agent for one client',
      'ms',
      storms.agent.map(({ agentMs }) => agentMs),
      0.5,
    ),
    timesTheCost(
      'storm: CPU of OpenVPN for one client',
      'ms',
      against('ccd', ({ serverMs }) => serverMs),
      1.4,
    ),
    atMostMore('storm: until 95 % are back', 'ms', against('ccd', most), 1500),
    atMostMore('storm: ping through another tunnel, p99', 'ms', against('ccd', p99), 20),
    timesFaster('storm: until 95 % are back, beside a hook', 'ms', against('python', most), 5),
  ]
}
