import { type Stats, statSync } from 'node:fs'
import type { Config } from '../config.ts'
import type { Layout } from '../publish/layout.ts'
import { type Finding, orFine, problem, warning } from './finding.ts'

const OTHERS = 0o007
const ALL_BUT_OWNER = 0o077

/** Whether what is secret is open to its owner alone, and all of it is one owner's. */
export function checkSecrets(config: Config, layout: Layout): Finding[] {
  const keys = keysIn(layout).flatMap(withStats)
  const places = placesIn(layout).flatMap(withStats)
  const given = givenSecrets(config).flatMap(withStats)
  const findings = [
    ...keys.filter(isOpenTo(ALL_BUT_OWNER)).map(tooOpen),
    ...places.filter(isOpenTo(ALL_BUT_OWNER)).map(placeOpen),
    // Whoever keeps a secret for several services gives it to their group.
    ...given.filter(isOpenTo(OTHERS)).map(tooOpen),
    ...otherOwners([...keys, ...places]),
  ]
  return orFine(findings, 'secrets', 'secrets are readable by their owner alone')
}

type Secret = { path: string; stats: Stats }

function keysIn({ adminToken, socket, caKey, storageKey, serverKey, tlsCryptKey }: Layout): string[] {
  return [caKey, storageKey, adminToken, socket, serverKey, tlsCryptKey]
}

function placesIn({ database, privateKeys }: Layout): string[] {
  return [database, `${database}-wal`, `${database}-shm`, privateKeys]
}

function givenSecrets({ passphraseFile, tokenFile, tls }: Config): string[] {
  return [passphraseFile, tokenFile, tls?.key].filter((path) => path !== undefined)
}

function isOpenTo(others: number): (secret: Secret) => boolean {
  return ({ stats }) => (stats.mode & others) !== 0
}

/** What is not there is somebody else's finding. */
function withStats(path: string): Secret[] {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats === undefined ? [] : [{ path, stats }]
}

function tooOpen({ path, stats }: Secret): Finding {
  return problem(
    'secret-too-open',
    `${path} is a secret, and its mode ${modeOf(stats)} lets others in`,
    `chmod go= ${path}`,
  )
}

/** The keys inside are sealed or closed themselves; who there is and what was done can be read. */
function placeOpen({ path, stats }: Secret): Finding {
  return warning('open-to-others', `${path} can be read by others, its mode is ${modeOf(stats)}`, `chmod go= ${path}`)
}

function modeOf({ mode }: Stats): string {
  return (mode & 0o777).toString(8).padStart(4, '0')
}

/** A service that was once started as root leaves files that it can't read as itself. */
function otherOwners([first, ...others]: readonly Secret[]): Finding[] {
  if (first === undefined) return []
  return others
    .filter(({ stats }) => stats.uid !== first.stats.uid)
    .map(({ path, stats }) =>
      problem(
        'owners-differ',
        `${path} is of user ${stats.uid}, and ${first.path} of user ${first.stats.uid}`,
        'chown both to the user the service runs as',
      ),
    )
}
