import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { RouteList } from './route-list.ts'

const HEAD = 'unreachable 2001:470:c844::/48 metric 4096\n'
const line = (slot: number) => `2001:470:c844:2${slot}0::/60 dev tun0\n`
const lines = (...slots: number[]) => new Map(slots.map((slot) => [`g${slot}`, line(slot)]))

/** A list of the gateways g0 and g1 in its file. */
function openList(t: Test) {
  const path = join(t.testdir({}), 'routes')
  const list = new RouteList(path, HEAD)
  list.replaceAll(lines(0, 1))
  return { path, list, text: () => readFileSync(path, 'utf8'), inode: () => statSync(path).ino }
}

t.test('the list is its head and a line for each gateway', async (t) => {
  const { path, text } = openList(t)
  t.equal(text(), HEAD + line(0) + line(1))
  t.equal(statSync(path).mode & 0o777, 0o644)
})

t.test('a list without gateways is its head', async (t) => {
  const { list, text } = openList(t)
  list.replaceAll(new Map())
  t.equal(text(), HEAD)
})

t.test('new gateways are appended to the file that is there, a whole line each', async (t) => {
  const { list, text, inode } = openList(t)
  const before = inode()
  list.update(lines(2))
  list.update(lines(3, 4))
  t.equal(text(), HEAD + [0, 1, 2, 3, 4].map(line).join(''))
  t.equal(inode(), before)
})

t.test('a removal writes the list anew', async (t) => {
  const { list, text, inode } = openList(t)
  const before = inode()
  list.update(new Map([['g0', undefined]]))
  t.equal(text(), HEAD + line(1))
  t.not(inode(), before)
})

t.test('a line that changes is changed in its place, and what comes with it is there too', async (t) => {
  const { list, text } = openList(t)
  list.update(
    new Map([
      ['g0', line(9)],
      ['g2', line(2)],
    ]),
  )
  t.equal(text(), HEAD + line(9) + line(1) + line(2))
})

t.test('a change that changes no line leaves the file alone', async (t) => {
  const { path, list } = openList(t)
  const before = statSync(path)
  list.update(new Map([...lines(0, 1), ['g7', undefined]]))
  t.match(statSync(path), { ino: before.ino, mtimeMs: before.mtimeMs, ctimeMs: before.ctimeMs })
})

const HANDS: Record<string, (path: string) => void> = {
  'has appended to the file': (path) => appendFileSync(path, '::/0 dev eth0\n'),
  'has emptied the file': (path) => writeFileSync(path, ''),
  'has put another in its place': (path) => {
    const text = readFileSync(path)
    rmSync(path)
    writeFileSync(path, text.toString().replaceAll('tun0', 'tun1'))
  },
  'has removed it': (path) => rmSync(path),
}

for (const [what, act] of Object.entries(HANDS)) {
  t.test(`when another hand ${what}, the next change writes the list anew`, async (t) => {
    const { path, list, text } = openList(t)
    act(path)
    list.update(lines(2))
    t.equal(text(), HEAD + line(0) + line(1) + line(2))
  })
}

t.test('another hand is noticed by a change that changes no line too', async (t) => {
  const { path, list, text } = openList(t)
  writeFileSync(path, 'nonsense')
  list.update(lines(1))
  t.equal(text(), HEAD + line(0) + line(1))
})

t.test('what could not be written is written by the next change', async (t) => {
  const { path, list, text } = openList(t)
  rmSync(path)
  mkdirSync(path)
  t.throws(() => list.update(new Map([['g0', undefined]])), { code: 'EISDIR' })
  rmSync(path, { recursive: true })
  list.update(new Map([['g0', undefined]]))
  t.equal(text(), HEAD + line(1))
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

for (const room of [0, 10, line(2).length + 3]) {
  t.test(`an append for which there are ${room} bytes is taken back whole`, { skip: noPrlimit }, async (t) => {
    const { path, list, text } = openList(t)
    const fault = withFileLimit(statSync(path).size + room, () => list.update(lines(2, 3)))
    t.match(fault, { message: /EFBIG|the disk is full/ })
    t.equal(text(), HEAD + line(0) + line(1))
    list.update(lines(2, 3))
    t.equal(text(), HEAD + line(0) + line(1) + line(2) + line(3), 'and done when there is room again')
  })
}
