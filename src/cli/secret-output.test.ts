import { spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { writeSecretFile } from './secret-output.ts'

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)

for (const umask of [0o000, 0o077, 0o377]) {
  t.test(`a new file is its owner’s alone, with the umask ${umask.toString(8)}`, async (t) => {
    const path = join(t.testdir({}), 'a.ovpn')
    const before = process.umask(umask)
    t.teardown(() => process.umask(before))
    writeSecretFile(path, 'secret\n')
    t.equal(readFileSync(path, 'utf8'), 'secret\n')
    t.equal(modeOf(path), '600')
  })
}

t.test('a file that is there is replaced: who has it open, or by another name, sees nothing', async (t) => {
  const folder = t.testdir({ 'a.ovpn': 'old' })
  const path = join(folder, 'a.ovpn')
  chmodSync(path, 0o666)
  linkSync(path, join(folder, 'other'))
  const reader = openSync(path, 'r')
  writeSecretFile(path, 'secret')
  const seen = Buffer.alloc(10)
  t.equal(seen.toString('utf8', 0, readSync(reader, seen)), 'old')
  t.equal(readFileSync(join(folder, 'other'), 'utf8'), 'old')
  t.equal(readFileSync(path, 'utf8'), 'secret')
  t.equal(modeOf(path), '600')
  t.same(readdirSync(folder).sort(), ['a.ovpn', 'other'], 'nothing else is left')
})

t.test('a link, a folder and a pipe are refused and left alone', async (t) => {
  const folder = t.testdir({ target: 'mine' })
  symlinkSync('target', join(folder, 'link'))
  symlinkSync('nowhere', join(folder, 'dangling'))
  mkdirSync(join(folder, 'folder'))
  spawnSync('mkfifo', [join(folder, 'pipe')])
  const wanted = { link: 'a symbolic link', dangling: 'a symbolic link', folder: 'a folder', pipe: 'no regular file' }
  for (const [name, kind] of Object.entries(wanted)) {
    const path = join(folder, name)
    const before = lstatSync(path)
    t.throws(() => writeSecretFile(path, 'secret'), {
      name: 'WrongUsage',
      message: `${path} can't be written: it is ${kind}`,
    })
    t.equal(lstatSync(path).ino, before.ino)
  }
  t.equal(readFileSync(join(folder, 'target'), 'utf8'), 'mine')
  t.same(readdirSync(folder).sort(), ['dangling', 'folder', 'link', 'pipe', 'target'])
})

t.test('a folder that is not there is named, and a failing disk leaves nothing behind', async (t) => {
  const folder = t.testdir({ file: '' })
  const path = join(folder, 'none/a.ovpn')
  t.throws(() => writeSecretFile(path, 'x'), { name: 'WrongUsage', message: `${path} can't be written: ENOENT` })
  t.throws(() => writeSecretFile(join(folder, 'file/a'), 'x'), { name: 'WrongUsage' })
  t.throws(() => writeSecretFile('/dev/full', 'x'), { message: "/dev/full can't be written: it is no regular file" })
})

t.test('the file is there whole or not at all', async (t) => {
  const folder = t.testdir({})
  writeFileSync(join(folder, 'a'), 'old')
  t.throws(() => writeSecretFile(join(folder, 'a'), undefined as unknown as string))
  t.same(readdirSync(folder), ['a'])
  t.equal(readFileSync(join(folder, 'a'), 'utf8'), 'old')
})

t.test('nobody else can have opened it before it was closed to others', async (t) => {
  const modes: string[] = []
  const fchmodSync: typeof fs.fchmodSync = (file, mode) => {
    modes.push((fs.fstatSync(file).mode & 0o777).toString(8))
    fs.fchmodSync(file, mode)
  }
  const mocked = await t.mockImport<typeof import('./secret-output.ts')>('./secret-output.ts', {
    'node:fs': { ...fs, fchmodSync },
  })
  const umask = process.umask(0)
  t.teardown(() => process.umask(umask))
  mocked.writeSecretFile(join(t.testdir({}), 'a'), 'secret')
  t.same(modes, ['600'])
})
