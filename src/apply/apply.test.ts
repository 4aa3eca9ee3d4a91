import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { shortFolder } from '../testing/short-folder.ts'

const MAIN = join(import.meta.dirname, '../main.ts')

// What it does with rights is tested where it has them and a network of its own: e2e/apply.test.ts.
t.test('without the right to change routes it does not start, and says what it needs', async (t) => {
  const run = join(shortFolder(t), 'run')
  // As root it gives up everything first; who is not root has nothing to give up.
  const [file, words] =
    process.getuid?.() === 0
      ? ['setpriv', ['--bounding-set=-all', '--inh-caps=-all', process.execPath]]
      : [process.execPath, []]
  const env = { PATH: process.env.PATH, VPNUNIT_ENV_FILE: '', VPNUNIT_RUN: run }
  const { code, said } = await new Promise<{ code: unknown; said: string }>((resolve) => {
    execFile(file as string, [...(words as string[]), MAIN, 'apply'], { env }, (error, _, said) => {
      resolve({ code: error?.code, said })
    })
  })
  t.equal(said, 'vpnunit: apply needs the right to change routes: run it as root, or with CAP_NET_ADMIN\n')
  t.equal(code, 1)
  t.notOk(existsSync(run))
})
