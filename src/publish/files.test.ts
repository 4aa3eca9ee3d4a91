import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readIfPresent, removeFile, replaceFile, replaceFileDurably, sweepStrays } from './files.ts'

const modeOf = (path: string) => statSync(path).mode & 0o777

/** The folder of a test with one file in it, and how to look at it. */
function folderWith(t: Test, text: string) {
  const folder = t.testdir({ file: text })
  const path = join(folder, 'file')
  chmodSync(path, 0o644)
  return { folder, path, text: () => readFileSync(path, 'utf8'), names: () => readdirSync(folder) }
}

/** Both ways to replace a file; what they have in common. */
const WAYS = {
  replaceFile: async (path: string, content: string, mode: number) => void replaceFile(path, content, mode),
  replaceFileDurably,
}

for (const [way, replace] of Object.entries(WAYS)) {
  t.test(`${way} makes a file with its content and mode, whatever the umask is`, async (t) => {
    const folder = t.testdir({})
    const umask = process.umask(0o077)
    t.teardown(() => process.umask(umask))
    await replace(join(folder, 'open'), 'für alle\n', 0o644)
    t.equal(modeOf(join(folder, 'open')), 0o644)
    process.umask(0)
    await replace(join(folder, 'secret'), 'for one', 0o600)
    t.equal(modeOf(join(folder, 'secret')), 0o600)
    t.equal(readFileSync(join(folder, 'open'), 'utf8'), 'für alle\n')
    t.same(readdirSync(folder), ['open', 'secret'], 'and nothing beside them')
  })

  t.test(`${way} replaces the whole file: who has the old one open reads it to its end`, async (t) => {
    const { path, text } = folderWith(t, 'old text')
    const reader = openSync(path, 'r')
    t.teardown(() => closeSync(reader))
    await replace(path, 'new', 0o644)
    t.equal(readFileSync(reader, 'utf8'), 'old text')
    t.equal(text(), 'new')
  })

  t.test(`${way} takes the place of a link, and leaves alone what it leads to`, async (t) => {
    const { folder, path, text } = folderWith(t, 'of somebody else')
    const link = join(folder, 'link')
    symlinkSync(path, link)
    await replace(link, 'ours', 0o644)
    t.equal(lstatSync(link).isFile(), true)
    t.equal(text(), 'of somebody else')
  })

  t.test(`${way} says why it can’t, and leaves nothing behind`, async (t) => {
    const folder = t.testdir({ taken: { 'in it': '' } })
    await t.rejects(replace(join(folder, 'taken'), 'x', 0o644), { code: 'EISDIR' })
    await t.rejects(replace(join(folder, 'none/file'), 'x', 0o644), { code: 'ENOENT' })
    t.same(readdirSync(folder), ['taken'])
  })
}

t.test('a file that says so already is left alone', async (t) => {
  const { path } = folderWith(t, 'text')
  const before = statSync(path)
  t.equal(replaceFile(path, 'text', 0o644), false)
  t.match(statSync(path), { ino: before.ino, mtimeMs: before.mtimeMs, ctimeMs: before.ctimeMs })
  t.equal(replaceFile(path, 'text.', 0o644), true)
})

t.test('a file of another mode is replaced', async (t) => {
  const { path } = folderWith(t, 'text')
  t.equal(replaceFile(path, 'text', 0o600), true)
  t.equal(modeOf(path), 0o600)
})

const noPrlimit = (() => {
  try {
    execFileSync('prlimit', ['--version'], { stdio: 'ignore' })
    return false
  } catch {
    return 'there is no prlimit here'
  }
})()

// A write beyond the limit is signalled too, a moment later; by itself that would end the process.
process.on('SIGXFSZ', () => undefined)

/** Runs `act` while no file of this process may grow beyond so many bytes. Returns what it threw. */
function withFileLimit(bytes: number, act: () => void): unknown {
  execFileSync('prlimit', [`--pid=${process.pid}`, `--fsize=${bytes}:`])
  try {
    act()
    return undefined
  } catch (error) {
    return error
  } finally {
    execFileSync('prlimit', [`--pid=${process.pid}`, '--fsize=unlimited:'])
  }
}

t.test('a write that is cut off leaves the old file whole, and no half one', { skip: noPrlimit }, async (t) => {
  const { path, text, names } = folderWith(t, 'old text')
  const fault = withFileLimit(1000, () => replaceFile(path, 'x'.repeat(5000), 0o644))
  t.match(fault, { code: 'EFBIG' })
  t.equal(text(), 'old text')
  t.same(names(), ['file'])
})

t.test('a file that is there is read, one that is not is undefined, and anything else is an error', async (t) => {
  const { folder, path } = folderWith(t, 'text')
  t.equal(readIfPresent(path)?.toString(), 'text')
  t.equal(readIfPresent(join(folder, 'none')), undefined)
  t.throws(() => readIfPresent(folder), { code: 'EISDIR' })
})

t.test('a file is removed once, and a folder never', async (t) => {
  const { folder, path, names } = folderWith(t, 'text')
  mkdirSync(join(folder, 'folder'))
  t.equal(removeFile(path), true)
  t.equal(removeFile(path), false)
  t.throws(() => removeFile(join(folder, 'folder')))
  t.same(names(), ['folder'])
})

t.test('what a crash left is swept away, and nothing that only looks like it', async (t) => {
  const others = [
    '.vpnunit-0123.tmp',
    '.vpnunit-0123456789ag.tmp',
    'a.tmp',
    'x.vpnunit-0123456789ab.tmp',
    'g.example.org',
  ]
  const folder = t.testdir({ '.vpnunit-0123456789ab.tmp': 'half', '.vpnunit-ffffffffffff.tmp': '' })
  for (const name of others) writeFileSync(join(folder, name), '')
  sweepStrays(folder)
  t.same(readdirSync(folder).sort(), others.sort())
})
