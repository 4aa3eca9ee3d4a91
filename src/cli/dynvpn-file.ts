import { parseFqdn, parseGroupName, parseUserName } from '../domain/names.ts'
import { expectNoPeerWord } from '../domain/policy/peer.ts'
import { Problem } from '../domain/problem.ts'

/** A user, or a gateway, of dynVPN's acl_members, with its groups, by the names they get here. */
export type DynvpnEntry = { line: number; member: string; groups: string[] }

export type DynvpnFile = {
  entries: DynvpnEntry[]
  /** What each name of the file is called here. */
  names: Record<'users' | 'groups', Map<string, string>>
  faults: { line: number; message: string }[]
}

/** Which names the installation has. */
export type KnownNames = { users: ReadonlySet<string>; gateways: ReadonlySet<string> }

type Words = { line: number; words: string[] }

/**
 * Reads dynVPN's acl_members: a user and its groups a line. Several users may stand on one line: whoever is a user here, or
 * begins another line, begins a new entry.
 */
export function parseDynvpnFile(text: string, known: KnownNames): DynvpnFile {
  const lines = text.split('\n').map((line, at) => ({ line: at + 1, words: wordsOf(line) }))
  const first = new Set(lines.flatMap(({ words: [word] }) => (word === undefined ? [] : [word])))
  const isMember = (word: string) => first.has(word) || known.users.has(mapName(word)) || known.gateways.has(word)
  const file: DynvpnFile = { entries: [], names: { users: new Map(), groups: new Map() }, faults: [] }
  for (const entry of lines.flatMap((line) => splitEntries(line, isMember))) readEntry(file, entry, known)
  refuseTwins(file)
  return file
}

function wordsOf(line: string): string[] {
  const [text = ''] = line.split('#')
  // The reference ends its example with dots.
  return text.split(/[\s,]+/).filter((word) => word !== '' && word !== '...')
}

function splitEntries({ line, words }: Words, isMember: (word: string) => boolean): Words[] {
  const entries: Words[] = []
  for (const [at, word] of words.entries()) {
    if (at === 0 || isMember(word)) entries.push({ line, words: [word] })
    else entries.at(-1)?.words.push(word)
  }
  return entries
}

function readEntry(file: DynvpnFile, { line, words }: Words, known: KnownNames): void {
  const [name = '', ...groups] = words
  try {
    const isGateway = known.gateways.has(name)
    const member = isGateway ? `gateway:${parseFqdn(name)}` : `user:${rename(file.names.users, name, parseUserName)}`
    const mapped = groups.map((group) => rename(file.names.groups, group, parseNewGroup))
    file.entries.push({ line, member, groups: mapped })
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    file.faults.push({ line, message: error.message })
  }
}

/** One that has such a name from before may be filled by hand. */
function parseNewGroup(text: string): string {
  const name = parseGroupName(text)
  expectNoPeerWord(name)
  return name
}

function rename(names: Map<string, string>, name: string, parse: (text: string) => string): string {
  const mapped = parse(mapName(name))
  names.set(name, mapped)
  return mapped
}

/** Names here have no underscores and no capitals. */
function mapName(name: string): string {
  return name.toLowerCase().replaceAll('_', '-').slice(0, 1000)
}

/** Two names that would become one are two people, or two groups. */
function refuseTwins({ names, faults }: DynvpnFile): void {
  for (const kind of [names.users, names.groups]) {
    for (const [mapped, twins] of Map.groupBy(kind, ([, name]) => name)) {
      if (twins.length < 2) continue
      faults.push({ line: 0, message: `${twins.map(([name]) => name).join(' and ')} would both be called ${mapped}` })
    }
  }
}
