import { integer } from '../drizzle.ts'

/** Times are kept in whole seconds, as X.509 has them. */
export const time = (name: string) => integer(name, { mode: 'timestamp' })
