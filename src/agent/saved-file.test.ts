import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { jsonParts, readJson, SavedFile } from './saved-file.ts'

t.test('a file is written when it was changed, for its user alone', async (t) => {
  const folder = join(t.testdir(), 'agent')
  let text = 'one'
  const file = new SavedFile(join(folder, 'state.json'), () => [text, '\n'], t.fail)
  await file.flush()
  t.throws(() => readdirSync(folder), 'nothing was changed')
  file.changed()
  file.changed()
  await file.flush()
  text = 'two'
  file.changed()
  await file.flush()
  t.equal(readFileSync(join(folder, 'state.json'), 'utf8'), 'two\n')
  t.equal(statSync(join(folder, 'state.json')).mode & 0o777, 0o600)
  t.same(readdirSync(folder), ['state.json'], 'nothing beside it')
})

t.test('what cannot be written is said, and tried again', async (t) => {
  const path = join(t.testdir(), 'state.json')
  mkdirSync(path)
  const said: string[] = []
  const file = new SavedFile(
    path,
    () => ['text'],
    (words) => said.push(words),
  )
  file.changed()
  await file.flush()
  file.changed()
  await file.flush()
  t.match(said, [/state.json can't be written/, /state.json can't be written/])
})

t.test('JSON in parts is the same as in one', async (t) => {
  for (const length of [0, 1, 999, 1000, 1001, 2000]) {
    const items = Array.from({ length }, (_, index) => ({ index }))
    t.same(JSON.parse([...jsonParts({ a: 1 }, 'items', items)].join('')), { a: 1, items }, `${length}`)
  }
  t.same(JSON.parse([...jsonParts({}, 'items', [1])].join('')), { items: [1] })
})

t.test('a file that is not there is no fault, a damaged one is', async (t) => {
  const folder = t.testdir({ 'whole.json': '{"a":1}', 'cut.json': '{"a":' })
  t.same(readJson(join(folder, 'whole.json')), { a: 1 })
  t.equal(readJson(join(folder, 'none.json')), undefined)
  t.throws(() => readJson(join(folder, 'cut.json')))
})
