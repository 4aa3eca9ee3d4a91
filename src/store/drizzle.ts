import { createRequire } from 'node:module'

/**
 * drizzle, loaded as CommonJS. Its ES modules export one another by star through three layers, and Node takes 0.4 s and
 * 150 MB to link them; this takes 0.05 s and 25 MB. What stands here is all that the store uses of it.
 */
const load = createRequire(import.meta.url ?? `${process.cwd()}/`)

const orm: typeof import('drizzle-orm') = load('drizzle-orm')
const core: typeof import('drizzle-orm/sqlite-core') = load('drizzle-orm/sqlite-core')
const driver: typeof import('drizzle-orm/better-sqlite3') = load('drizzle-orm/better-sqlite3')
const files: typeof import('drizzle-orm/migrator') = load('drizzle-orm/migrator')
const migrator: typeof import('drizzle-orm/better-sqlite3/migrator') = load('drizzle-orm/better-sqlite3/migrator')

export const { and, asc, count, desc, eq, gt, gte, isNotNull, isNull, lt, lte, sql } = orm
export const { blob, check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } = core
export const { drizzle } = driver
export const { migrate } = migrator
export const { readMigrationFiles } = files
