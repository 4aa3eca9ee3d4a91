import type { TokenName } from '../domain/names.ts'
import type { Database } from './database.ts'
import { asc, eq, gt, sql } from './drizzle.ts'
import { tokens } from './schema/site.ts'
import { toSeconds } from './seconds.ts'

/** A token without its digest, which nobody but the check of a call needs. */
export type TokenRow = Omit<typeof tokens.$inferSelect, 'digest'>

/** What the check of a call needs of a token. */
export type TokenFacts = Pick<typeof tokens.$inferSelect, 'name' | 'scope' | 'digest' | 'expiresAt'>

export type NewToken = Omit<TokenRow, 'lastUsedAt'> & { digest: Buffer }

export type TokenQueries = ReturnType<typeof prepareTokens>

const row = {
  name: tokens.name,
  scope: tokens.scope,
  createdAt: tokens.createdAt,
  expiresAt: tokens.expiresAt,
  lastUsedAt: tokens.lastUsedAt,
}
const facts = { name: tokens.name, scope: tokens.scope, digest: tokens.digest, expiresAt: tokens.expiresAt }

/** The queries of the table `tokens`. */
export function prepareTokens(database: Database) {
  const name = sql.placeholder('name')
  const digest = sql.placeholder('digest')
  const isNamed = eq(tokens.name, name)

  const find = database.select(row).from(tokens).where(isNamed).prepare()
  const findByDigest = database.select(facts).from(tokens).where(eq(tokens.digest, digest)).prepare()
  const page = database
    .select(row)
    .from(tokens)
    .where(gt(tokens.name, sql.placeholder('after')))
    .orderBy(asc(tokens.name))
    .limit(sql.placeholder('limit'))
    .prepare()
  const insert = database
    .insert(tokens)
    .values({
      name,
      digest,
      scope: sql.placeholder('scope'),
      createdAt: sql.placeholder('createdAt'),
      expiresAt: sql`${sql.placeholder('expiresAt')}`,
    })
    .prepare()
  const remove = database.delete(tokens).where(isNamed).prepare()
  const setLastUsed = database
    .update(tokens)
    .set({ lastUsedAt: sql`${sql.placeholder('at')}` })
    .where(isNamed)
    .prepare()

  return {
    find: (wanted: TokenName): TokenRow | undefined => find.get({ name: wanted }),
    findByDigest: (wanted: Buffer): TokenFacts | undefined => findByDigest.get({ digest: wanted }),
    /** In the order of their names, after `after`, at most `limit`. */
    list: (after: string, limit: number): TokenRow[] => page.all({ after, limit }),
    insert: ({ expiresAt, ...token }: NewToken): void => {
      insert.run({ ...token, expiresAt: expiresAt && toSeconds(expiresAt) })
    },
    remove: (wanted: TokenName): void => {
      remove.run({ name: wanted })
    },
    setLastUsed: (wanted: TokenName, at: Date): void => {
      setLastUsed.run({ name: wanted, at: toSeconds(at) })
    },
  }
}
