import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { closedFolder } from './closed-folder.ts'

/** a/b/c, open to all. */
function folders(t: Test) {
  const base = t.testdir({})
  const [a, b, c] = [join(base, 'a'), join(base, 'a/b'), join(base, 'a/b/c')]
  mkdirSync(c, { recursive: true })
  for (const folder of [base, a, b, c]) chmodSync(folder, 0o755)
  return { base, a, b, c }
}

const home = closedFolder(import.meta.dirname)
const skip = home === undefined ? false : `${home} is closed itself`

t.test('a way that everybody can pass has no closed folder', { skip }, async (t) => {
  t.equal(closedFolder(folders(t).c), undefined)
  t.equal(closedFolder('/'), undefined)
})

t.test('the first closed folder on the way is the one that is told', { skip }, async (t) => {
  const { a, b, c } = folders(t)
  chmodSync(c, 0o700)
  t.equal(closedFolder(c), c)
  chmodSync(a, 0o750)
  t.equal(closedFolder(c), a)
  t.equal(closedFolder(b), a)
})

t.test('to be entered is enough: a folder that can’t be listed is open', { skip }, async (t) => {
  const { b, c } = folders(t)
  chmodSync(b, 0o711)
  t.equal(closedFolder(c), undefined)
  chmodSync(b, 0o744)
  t.equal(closedFolder(c), b, 'and one that can be listed only is not')
})

t.test('a folder that is gone can’t be passed either', { skip }, async (t) => {
  const { base } = folders(t)
  t.equal(closedFolder(join(base, 'gone')), join(base, 'gone'))
})
