/** One line of the results. Values are of one unit. */
export type Row = {
  label: string
  unit: string
  ours: number[]
  peer: { name: string; values: number[] } | undefined
  ratios: number[]
  /** Empty where there is none. */
  goal: string
  isMet: boolean
}

/** Pairs of what the service and a peer took, run by run in turns. */
export type Pairs = { name: string; ours: number[]; values: number[] }

/** The peer takes at least so many times what the service does. */
export function timesFaster(label: string, unit: string, { name, ours, values }: Pairs, least: number): Row {
  const ratios = ours.map((value, run) => (values[run] ?? Number.NaN) / value)
  const goal = `at least ${least} times`
  return { label, unit, ours, peer: { name, values }, ratios, goal, isMet: median(ratios) >= least }
}

/** The service takes at most so many times what it is compared with. */
export function timesTheCost(label: string, unit: string, { name, ours, values }: Pairs, most: number): Row {
  const ratios = ours.map((value, run) => value / (values[run] ?? Number.NaN))
  const goal = `at most ${most} times`
  return { label, unit, ours, peer: { name, values }, ratios, goal, isMet: median(ratios) <= most }
}

export function under(label: string, unit: string, ours: number[], most: number): Row {
  return { label, unit, ours, peer: undefined, ratios: [], goal: `under ${most} ${unit}`, isMet: median(ours) < most }
}

export function atLeast(label: string, unit: string, ours: number[], least: number): Row {
  const goal = `at least ${least} ${unit}`
  return { label, unit, ours, peer: undefined, ratios: [], goal, isMet: median(ours) >= least }
}

/** It takes at most so much more than what it is compared with. */
export function atMostMore(label: string, unit: string, { name, ours, values }: Pairs, most: number): Row {
  const more = ours.map((value, run) => value - (values[run] ?? Number.NaN))
  const ratios = ours.map((value, run) => value / (values[run] ?? Number.NaN))
  const goal = `at most ${most} ${unit} more`
  return { label, unit, ours, peer: { name, values }, ratios, goal, isMet: median(more) <= most }
}

/** A figure without a goal. */
export function reported(label: string, unit: string, ours: number[]): Row {
  return { label, unit, ours, peer: undefined, ratios: [], goal: '', isMet: true }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** The results as a table of Markdown. */
export function formatTable(rows: readonly Row[]): string {
  const head = ['| what | vpnunit | peer | ratio | goal | |', '| --- | --- | --- | --- | --- | --- |']
  return `${[...head, ...rows.map(formatRow)].join('\n')}\n`
}

function formatRow({ label, unit, ours, peer, ratios, goal, isMet }: Row): string {
  const other = peer === undefined ? '' : `${peer.name}: ${formatSpread(peer.values, unit)}`
  const cells = [label, formatSpread(ours, unit), other, ratios.length === 0 ? '' : formatSpread(ratios, '')]
  return `| ${[...cells, goal, goal === '' ? '' : isMet ? 'met' : '**missed**'].join(' | ')} |`
}

/** The median, with the lowest and the highest. */
export function formatSpread(values: readonly number[], unit: string): string {
  const all = `${short(Math.min(...values))} – ${short(Math.max(...values))}`
  return `${[short(median(values)), unit].filter(Boolean).join(' ')} (${all})`
}

function short(value: number): string {
  if (value >= 100) return value.toFixed(0)
  return value >= 10 ? value.toFixed(1) : value.toFixed(2)
}
