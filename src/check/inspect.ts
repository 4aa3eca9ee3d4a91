import { existsSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import type { Vault } from '../ca/vault.ts'
import type { Config } from '../config.ts'
import { type Layout, layoutOf } from '../publish/layout.ts'
import type { SiteRow } from '../store/site.ts'
import { openStore, type Store } from '../store/store.ts'
import { checkCrl } from './check-crl.ts'
import { checkDatabase } from './check-database.ts'
import { type Difference, differencesOf, reportDifferences } from './check-files.ts'
import { checkFit } from './check-fit.ts'
import { checkFolders, unusableData } from './check-folders.ts'
import { checkAuthorityKey, checkStorageKey } from './check-keys.ts'
import { checkLives } from './check-lives.ts'
import { checkSecrets } from './check-secrets.ts'
import { checkTls } from './check-tls.ts'
import { NoCopy, withDatabaseCopy } from './database-copy.ts'
import { type ExpectedFile, expectedFiles } from './expected-files.ts'
import { type Finding, note, problem, warning } from './finding.ts'
import { askForServer, describeServer } from './who-serves.ts'

/** Where is looked, and when. */
type Place = { config: Config; layout: Layout; now: Date; isServed: boolean }

/** Looks at everything that the settings name. Only reads. */
export async function inspect(config: Config, now: Date): Promise<Finding[]> {
  const layout = layoutOf(config.data)
  const fault = unusableData(layout)
  if (fault !== undefined) return [...checkTls(config, now), fault]
  const isServed = await askForServer(layout)
  return [
    describeServer(layout, isServed),
    ...checkTls(config, now),
    ...checkFolders(layout),
    ...checkSecrets(config, layout),
    ...inspectDatabase({ config, layout, now, isServed }),
  ]
}

function inspectDatabase(place: Place): Finding[] {
  const { database } = place.layout
  if (!existsSync(database)) return [missingDatabase(place.layout)]
  try {
    return withDatabaseCopy(database, (copy) => {
      const findings = checkDatabase(copy)
      if (findings.some(({ level }) => level === 'problem')) return findings
      return [...findings, ...withStore(copy, (store) => inspectRows(place, store))]
    })
  } catch (error) {
    if (!(error instanceof NoCopy)) throw error
    if (error.isBusy) return [warning('database-busy', error.message, 'look again when less is written')]
    const remedy = `see whether you may read it, and whether there is room in ${tmpdir()} (TMPDIR)`
    return [problem('database-unreadable', error.message, remedy)]
  }
}

/** A start that begins anew would remove the files of every gateway. */
function missingDatabase({ database, caKey, storageKey, crl, clients }: Layout): Finding {
  const hasClients = existsSync(clients) && readdirSync(clients).length > 0
  const isLost = hasClients || [caKey, storageKey, crl].some((path) => existsSync(path))
  if (!isLost) return note('not-founded', `there is no ${database} yet`, 'the first start makes it')
  return problem(
    'database-missing',
    `${database} is gone, and other files of the installation are there`,
    'put it back from a backup before the service is started or, to begin anew, move the whole directory away',
  )
}

function inspectRows(place: Place, store: Store): Finding[] {
  const { config, layout, now } = place
  const site = store.site.find()
  if (site === undefined)
    return [note('not-founded', 'the database holds no installation yet', 'the next start makes it')]
  const { findings, vault } = checkStorageKey(layout, store, site)
  return [
    ...checkAuthorityKey(config, layout, site),
    ...findings,
    ...checkFit(config, store, site),
    ...checkLives(store, site, now),
    ...inspectCrl(place, store, site),
    inspectFiles(place, store, site, vault),
  ]
}

function inspectCrl(place: Place, store: Store, site: SiteRow): Finding[] {
  const look = (store: Store, site: SiteRow) => checkCrl(place.layout, store, site, place.now)
  const first = look(store, site)
  return place.isServed && first.some(({ level }) => level === 'problem') ? lookAgain(place, look) : first
}

function inspectFiles(place: Place, store: Store, site: SiteRow, vault: Vault | undefined): Finding {
  const { config, layout, isServed } = place
  const expected = (store: Store, site: SiteRow): ExpectedFile[] =>
    expectedFiles(config, layout, { store, site, vault })
  const wanted = expected(store, site)
  let differences = differencesOf(wanted, layout)
  if (isServed && differences.length > 0) {
    const second = lookAgain(place, (store, site) => differencesOf(expected(store, site), layout))
    differences = inBoth(differences, second)
  }
  return reportDifferences(differences, { total: wanted.length, data: layout.data, isServed })
}

/** The files of a server at work are a moment behind its database, and a copy of the database behind both. */
function lookAgain<T>({ layout }: Place, look: (store: Store, site: SiteRow) => T[]): T[] {
  return withDatabaseCopy(layout.database, (copy) =>
    withStore(copy, (store) => {
      const site = store.site.find()
      return site === undefined ? [] : look(store, site)
    }),
  )
}

function inBoth(first: readonly Difference[], second: readonly Difference[]): Difference[] {
  const paths = new Set(second.map(({ path }) => path))
  return first.filter(({ path }) => paths.has(path))
}

function withStore<T>(copy: string, use: (store: Store) => T): T {
  const store = openStore(copy)
  try {
    return use(store)
  } finally {
    store.close()
  }
}
