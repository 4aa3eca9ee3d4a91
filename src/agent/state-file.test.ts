import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { StateCopy } from './state-copy.ts'
import { keepState, readState } from './state-file.ts'
import { access, GATEWAY, NEW_SERIAL, SERIAL, whole } from './testing/feed.ts'

t.test('a started agent knows what the former one knew', async (t) => {
  const folder = t.testdir()
  const copy = new StateCopy()
  const file = keepState(folder, copy, t.fail)
  const renewed = access({ serials: [SERIAL, NEW_SERIAL], retiring: [SERIAL] })
  copy.apply(whole({ gateways: [renewed], orders: [{ number: 4, kind: 'withdraw', gateways: [] }] }))
  copy.carriedOut('f1', 4)
  copy.use(GATEWAY, NEW_SERIAL)
  file.changed()
  await file.flush()

  const next = new StateCopy()
  readState(folder, next, t.fail)
  t.same(next.position, { feed: 'f1', revision: 1, order: 4 })
  t.match(next.find(GATEWAY), { serials: [NEW_SERIAL] })
  t.same(next.site, copy.site)
})

t.test('a damaged copy counts as none', async (t) => {
  const good = JSON.stringify({ position: { feed: 'f1', revision: 1, order: 0 }, retired: [], ...whole() })
  const wrong = ['', '{', '[]', 'null', '{"position":null}', good.slice(0, -5), good.replace('"slot":0', '"slot":99')]
  for (const text of wrong) {
    const folder = t.testdir()
    writeFileSync(join(folder, 'state.json'), text)
    const [copy, said]: [StateCopy, string[]] = [new StateCopy(), []]
    readState(folder, copy, (words) => said.push(words))
    t.equal(copy.site, undefined)
    t.match(said, [/state.json is damaged/], text.slice(0, 30))
  }
  const copy = new StateCopy()
  readState(t.testdir(), copy, t.fail)
  t.equal(copy.site, undefined, 'none is none')
})
