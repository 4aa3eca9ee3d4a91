import { printable } from './printable.ts'

/** What can stand in a cell. */
export type Cell = string | number | boolean | null | undefined

/** Columns as wide as their widest cell, a heading, no frame: easy on the eye, and on awk. */
export function formatTable(heading: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [heading, ...rows.map((row) => row.map(formatCell))]
  const widths = heading.map((_, column) => widest(lines.map((line) => line[column])))
  return lines.map((line) => formatLine(line, widths)).join('')
}

/** One fact a line, for a single object. */
export function formatFacts(facts: readonly (readonly [string, Cell])[]): string {
  const width = widest(facts.map(([name]) => name))
  return facts.map(([name, value]) => formatLine([name, formatCell(value)], [width])).join('')
}

/** Lists are long: Math.max(...) takes as many arguments as the stack holds. */
function widest(cells: readonly (string | undefined)[]): number {
  return cells.reduce((width, cell = '') => Math.max(width, cell.length), 0)
}

function formatLine(line: readonly string[], widths: readonly number[]): string {
  return `${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd().concat('\n')
}

/** An empty cell would shift the columns for whoever counts words. */
function formatCell(cell: Cell): string {
  if (cell === null || cell === undefined || cell === '') return '-'
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no'
  return printable(String(cell))
}
