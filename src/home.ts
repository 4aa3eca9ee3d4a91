import { join } from 'node:path'

/** The folder of the checkout: what a relative path in a setting is relative to, wherever the command is called. */
export const HOME = join(import.meta.dirname, '..')
