import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { VERSION } from './version.ts'

t.test('the version is that of package.json', async (t) => {
  const text = readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')
  t.match(text, `"version": "${VERSION}"`)
  t.match(VERSION, /^\d+\.\d+\.\d+/)
})
