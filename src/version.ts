import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { HOME } from './home.ts'

/** The version of this checkout, as package.json has it. */
export const VERSION: string = JSON.parse(readFileSync(join(HOME, 'package.json'), 'utf8')).version
