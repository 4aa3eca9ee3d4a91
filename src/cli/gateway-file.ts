import { parse } from 'csv-parse/sync'
import { KEY_TYPES } from '../domain/key-type.ts'
import { parseFqdn, parseUserName, quote } from '../domain/names.ts'
import { SLOTS } from '../domain/plan.ts'
import { WrongUsage } from './wrong-usage.ts'

/** One line of the file: what POST /gateways takes. */
export type FileGateway = { line: number; name: string; user: string; slot?: number; keyType?: string }

export type LineFault = { line: number; message: string }

const NEEDED = ['name', 'user'] as const
const COLUMNS = [...NEEDED, 'slot', 'keyType'] as const

/** Spreadsheets separate by what their country is used to. */
const DELIMITERS = [',', ';', '\t']

/** Nobody mends more at a time. */
const FAULTS_SHOWN = 20

/**
 * The gateways of a CSV file, whose first line names its columns in any order. What the service would refuse whatever it
 * holds is refused here, all of it at once, before anything is created.
 * @throws WrongUsage naming each line
 */
export function parseGatewayFile(bytes: Buffer): FileGateway[] {
  const rows = readRows(bytes)
  const faults = rows.flatMap((row) => faultsOf(row).map((message) => ({ line: row.info.lines, message })))
  const gateways = rows.map(toGateway)
  refuseLines([...faults, ...repeated(gateways)], (lines) => new WrongUsage(`nothing was created:${lines}`))
  return gateways
}

/** Throws what `refuse` makes of the faults, in the order of their lines, if there is one. */
export function refuseLines(faults: readonly LineFault[], refuse: (lines: string) => Error): void {
  if (faults.length === 0) return
  const sorted = faults.toSorted((one, other) => one.line - other.line)
  const shown = sorted.slice(0, FAULTS_SHOWN).map(({ line, message }) => `\n  line ${line}: ${message}`)
  const others = faults.length - shown.length
  throw refuse(shown.join('') + (others > 0 ? `\n  and ${others} more` : ''))
}

type Row = { record: Record<string, string | undefined>; info: { lines: number } }

function readRows(bytes: Buffer): Row[] {
  if (bytes.toString().trim() === '') checkColumns([])
  try {
    return parse(bytes, {
      bom: true,
      columns: checkColumns,
      delimiter: DELIMITERS,
      info: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      trim: true,
    }) as unknown as Row[]
  } catch (error) {
    if (error instanceof WrongUsage) throw error
    throw new WrongUsage(`this is no CSV: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function checkColumns(heading: readonly string[]): string[] {
  const isKnown = heading.every((column) => COLUMNS.some((known) => known === column))
  const isWhole = NEEDED.every((column) => heading.includes(column))
  if (isKnown && isWhole && new Set(heading).size === heading.length) return [...heading]
  throw new WrongUsage(
    `line 1 must name the columns, ${NEEDED.join(' and ')}, optionally slot and keyType; it is ${quote(heading.join(','))}`,
  )
}

function faultsOf({ record }: Row): string[] {
  const { name = '', user = '', slot = '', keyType = '' } = record
  const isSlot = /^[0-9]{1,2}$/.test(slot) && Number(slot) < SLOTS
  return [
    ...faultOf(() => parseFqdn(name)),
    ...faultOf(() => parseUserName(user)),
    ...(slot === '' || isSlot ? [] : [`the slot must be 0 to ${SLOTS - 1}, not ${quote(slot)}`]),
    ...(keyType === '' || KEY_TYPES.some((known) => known === keyType)
      ? []
      : [`the keyType must be one of ${KEY_TYPES.join(', ')}, not ${quote(keyType)}`]),
  ]
}

function faultOf(parseName: () => string): string[] {
  try {
    parseName()
    return []
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}

function toGateway({ record, info }: Row): FileGateway {
  const { name = '', user = '', slot, keyType } = record
  return {
    line: info.lines,
    name,
    user,
    ...(slot ? { slot: Number(slot) } : {}),
    ...(keyType ? { keyType } : {}),
  }
}

/** A name stands in a file once, and so does a slot of a user. */
function repeated(gateways: readonly FileGateway[]): LineFault[] {
  const first = new Map<string, number>()
  return gateways.flatMap(({ line, name, user, slot }) => {
    const keys = [name, slot === undefined ? '' : `slot ${slot} of ${user}`]
    return keys.filter(Boolean).flatMap((key) => {
      const before = first.get(key)
      if (before === undefined) first.set(key, line)
      return before === undefined ? [] : [{ line, message: `${quote(key)} is in line ${before} already` }]
    })
  })
}
