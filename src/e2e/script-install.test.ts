import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { HOME } from '../home.ts'
import { type Answer, exec } from './lab/exec.ts'
import { temporaryFolder } from './lab/temporary-folder.ts'
import type { Owner } from './lab/undo.ts'

/** Empties node_modules as npm ci does, and writes down how it was called. */
const NPM = `#!/bin/sh
echo "$*" >>npm-calls
rm -rf node_modules
mkdir node_modules
`

type Checkout = { folder: string; install: (...words: string[]) => Promise<Answer>; calls: () => string[] }

/** A checkout with nothing but the scripts, a lock file, and an npm that installs nothing. */
function makeCheckout(owner: Owner): Checkout {
  const folder = temporaryFolder(owner)
  for (const name of ['script', 'bin']) mkdirSync(join(folder, name))
  copyFileSync(join(HOME, 'script/install'), join(folder, 'script/install'))
  writeFileSync(join(folder, 'package-lock.json'), '{}\n')
  writeFileSync(join(folder, 'bin/npm'), NPM)
  chmodSync(join(folder, 'bin/npm'), 0o755)
  const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}` }
  const log = join(folder, 'npm-calls')
  return {
    folder,
    install: (...words) => exec('sh', [join(folder, 'script/install'), ...words], { env }),
    calls: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
  }
}

const REST = '--no-audit --no-fund --loglevel=error'
const ALL = `ci --include=dev ${REST}`
const SOME = `ci --omit=dev ${REST}`

t.test('packages are installed once, and again when others are wanted', async (t) => {
  const { folder, install, calls } = makeCheckout(t)
  t.match(await install(), { code: 0, stderr: 'installing packages' })
  t.same(await install(), { code: 0, stdout: '', stderr: '' })
  t.same(calls(), [ALL])
  writeFileSync(join(folder, 'package-lock.json'), '{"another": true}\n')
  t.match(await install(), { code: 0 })
  t.same(calls(), [ALL, ALL])
})

t.test('without the packages of development they stay left out, until they are asked for', async (t) => {
  const { folder, install, calls } = makeCheckout(t)
  t.match(await install('--omit=dev'), { code: 0 })
  t.match(await install('--omit=dev'), { code: 0, stderr: '' })
  t.match(await install(), { code: 0, stderr: '' }, 'as script/start calls it')
  t.same(calls(), [SOME])
  writeFileSync(join(folder, 'package-lock.json'), '{"another": true}\n')
  t.match(await install(), { code: 0 })
  t.same(calls(), [SOME, SOME])
  t.match(await install('--include=dev'), { code: 0 })
  t.same(calls(), [SOME, SOME, ALL])
})

t.test('who has everything is not installed again for less', async (t) => {
  const { install, calls } = makeCheckout(t)
  t.match(await install('--include=dev'), { code: 0 })
  t.match(await install('--omit=dev'), { code: 0, stderr: '' })
  t.same(calls(), [ALL])
})

t.test('another word is refused, and nothing is installed', async (t) => {
  const { install, calls } = makeCheckout(t)
  t.match(await install('--omit=optional'), { code: 2, stderr: 'usage' })
  t.match(await install('--omit=dev', '--include=dev'), { code: 2, stderr: 'usage' })
  t.same(calls(), [])
})
