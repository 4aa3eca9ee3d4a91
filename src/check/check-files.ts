import { existsSync, lstatSync, readdirSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { quote } from '../domain/names.ts'
import { readIfPresent } from '../publish/files.ts'
import { type Layout, PUBLIC } from '../publish/layout.ts'
import { listInstanceFiles } from '../publish/server-files.ts'
import type { ExpectedFile } from './expected-files.ts'
import { type Finding, fine, problem, reasonOf } from './finding.ts'

/** A file that is not what the database says, and how. `state` changes when anybody writes the file. */
export type Difference = { path: string; how: string; state: string }

/** As many as tell what it is about. */
const SHOWN = 5

/** The files that are missing, hold something else, can't be read by OpenVPN, or belong to no gateway or instance. */
export function differencesOf(expected: readonly ExpectedFile[], layout: Layout): Difference[] {
  const known = new Set(expected.map(({ path }) => path))
  const { clients } = layout
  const present = existsSync(clients) ? readdirSync(clients).map((name) => join(clients, name)) : []
  const strays = (paths: string[], how: string) =>
    paths.filter((path) => !known.has(path)).map((path) => ({ path, how, state: stateOf(path) }))
  return [
    ...expected.flatMap((file) => differenceOf(file)),
    ...strays(present, 'is of no gateway'),
    ...strays(listInstanceFiles(layout), 'is of no instance'),
  ]
}

/** Of two looks at the files of a server at work, what differed both times and was not written in between. */
export function lasting(first: readonly Difference[], second: readonly Difference[]): Difference[] {
  const states = new Map(second.map(({ path, state }) => [path, state]))
  return first.filter(({ path, state }) => states.get(path) === state)
}

function stateOf(path: string): string {
  const { ino, size, mtimeNs } = lstatSync(path, { bigint: true, throwIfNoEntry: false }) ?? {}
  return `${ino} ${size} ${mtimeNs}`
}

function differenceOf(file: ExpectedFile): Difference[] {
  const { path } = file
  const state = stateOf(path)
  const how = faultOf(file)
  return how === undefined ? [] : [{ path, how, state }]
}

function faultOf({ path, text, mode, isSame }: ExpectedFile): string | undefined {
  try {
    const bytes = readIfPresent(path)
    if (bytes === undefined) return 'is missing'
    if (!bytes.equals(Buffer.from(text)) && !isSame?.(bytes.toString())) return 'is another'
    // What is too open is a finding of its own.
    return mode === PUBLIC && (statSync(path).mode & PUBLIC) !== PUBLIC ? 'is closed to OpenVPN' : undefined
  } catch (error) {
    return `can't be read: ${reasonOf(error)}`
  }
}

/** One finding for all of them. */
export function reportDifferences(
  files: { differences: Difference[]; total: number },
  data: string,
  isServed: boolean,
): Finding {
  const { differences, total } = files
  if (differences.length === 0) return fine('files', `${total} files are what the database says`)
  const first = differences.slice(0, SHOWN).map(({ path, how }) => `${quote(relative(data, path))} ${how}`)
  const count = differences.length === 1 ? 'a file is' : `${differences.length} files are`
  const others = differences.length > SHOWN ? ` and ${differences.length - SHOWN} more` : ''
  return problem(
    'files-differ',
    `${count} not what the database says, in ${data}: ${first.join(', ')}${others}`,
    isServed
      ? 'vpnunit status says whether they can’t be written; a restart makes them right'
      : 'the next start makes them right',
  )
}
