import { join } from 'node:path'
import t from 'tap'
import { readInput } from './input-file.ts'

t.test('a file is read as it is', async (t) => {
  const folder = t.testdir({ a: 'x\r\n\0' })
  t.equal(readInput('csr', join(folder, 'a')).toString(), 'x\r\n\0')
})

t.test('a file that can’t be read is named, with its option', async (t) => {
  const folder = t.testdir({})
  const message = new RegExp(`^--csr ${folder}/none can't be read: ENOENT`)
  t.throws(() => readInput('csr', join(folder, 'none')), { name: 'WrongUsage', message })
  t.throws(() => readInput('from', folder), { message: /^--from .* can't be read: EISDIR/ })
})
