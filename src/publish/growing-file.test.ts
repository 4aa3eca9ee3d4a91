import { appendFileSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { GrowingFile } from './growing-file.ts'

function open(t: Test) {
  const path = join(t.testdir({}), 'file')
  return { path, file: new GrowingFile(path), text: () => readFileSync(path, 'utf8') }
}

t.test('it is written whole, and grows where it is', async (t) => {
  const { path, file, text } = open(t)
  t.notOk(file.isUntouched, 'it is not there yet')
  file.replace('one\n')
  const { ino, mode } = statSync(path)
  t.equal(mode & 0o777, 0o644)
  t.ok(file.isUntouched)
  file.append('two\n')
  file.append('')
  t.ok(file.isUntouched)
  t.equal(text(), 'one\ntwo\n')
  t.equal(statSync(path).ino, ino)
})

t.test('a line that is torn, a foreign one and a file that is gone are noticed', async (t) => {
  const { path, file } = open(t)
  for (const touch of [() => truncateSync(path, 5), () => appendFileSync(path, 'three\n'), () => rmSync(path)]) {
    file.replace('one\n')
    file.append('two\n')
    touch()
    t.notOk(file.isUntouched)
  }
})
