import type { Config } from '../config.ts'
import type { Layout } from '../publish/layout.ts'
import type { SiteRow } from '../store/site.ts'
import { openStore, type Store } from '../store/store.ts'
import { checkCrl } from './check-crl.ts'
import { checkDatabase } from './check-database.ts'
import { type Difference, differencesOf } from './check-files.ts'
import { checkFit } from './check-fit.ts'
import { checkAuthorityKey, checkStorageKey } from './check-keys.ts'
import { checkLives } from './check-lives.ts'
import { withDatabaseCopy } from './database-copy.ts'
import { expectedFiles } from './expected-files.ts'
import { type Finding, isProblem, note } from './finding.ts'

/** Where is looked, and when. */
export type Place = { config: Config; layout: Layout; now: Date }

/** What was found. The files can be compared only with a database that can be read. */
export type Look = { findings: Finding[]; files?: { differences: Difference[]; total: number } | undefined }

/**
 * Looks once at the database, and at all that must agree with it.
 * @throws NoCopy
 */
export function lookAtDatabase(place: Place): Look {
  return withDatabaseCopy(place.layout.database, (copy) => {
    const findings = checkDatabase(copy)
    if (findings.some(isProblem)) return { findings }
    const store = openStore(copy)
    try {
      const look = lookAtRows(place, store)
      return { ...look, findings: [...findings, ...look.findings] }
    } finally {
      store.close()
    }
  })
}

function lookAtRows({ config, layout, now }: Place, store: Store): Look {
  const site: SiteRow | undefined = store.site.find()
  if (site === undefined) {
    return { findings: [note('not-founded', 'the database holds no installation yet', 'the next start makes it')] }
  }
  const storage = checkStorageKey(layout, store, site)
  const expected = expectedFiles(config, layout, { store, site, vault: storage.vault })
  return {
    findings: [
      ...checkAuthorityKey(config, layout, site),
      ...storage.findings,
      ...checkFit(config, store, site),
      ...checkLives(store, site, now),
      ...checkCrl(layout, store, site, now),
    ],
    files: { differences: differencesOf(expected, layout), total: expected.length },
  }
}
