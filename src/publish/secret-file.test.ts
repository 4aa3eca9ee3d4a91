import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readOrMakeSecret } from './secret-file.ts'

t.test('a secret is made once, for us alone, and read from then on', async (t) => {
  const path = join(t.testdir({}), 'secret')
  const made = await readOrMakeSecret(path, () => Buffer.from([0, 255, 10]))
  t.same(made, Buffer.from([0, 255, 10]))
  t.equal(statSync(path).mode & 0o777, 0o600)
  const read = await readOrMakeSecret(path, () => 'made twice')
  t.same(read, made)
})

t.test('text that is made late is a secret too', async (t) => {
  const path = join(t.testdir({}), 'secret')
  await readOrMakeSecret(path, async () => 'schlüssel\n')
  t.equal(readFileSync(path, 'utf8'), 'schlüssel\n')
})

t.test('what can’t be made leaves no file', async (t) => {
  const folder = t.testdir({})
  const refusal = new Error('no')
  await t.rejects(
    readOrMakeSecret(join(folder, 'secret'), () => Promise.reject(refusal)),
    refusal,
  )
  t.same(readdirSync(folder), [])
})

t.test('a secret that can’t be read is not replaced', async (t) => {
  const folder = t.testdir({ secret: {} })
  await t.rejects(
    readOrMakeSecret(join(folder, 'secret'), () => 'new'),
    { code: 'EISDIR' },
  )
})
