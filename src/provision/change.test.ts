import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parseUserName } from '../domain/names.ts'
import { Problem } from '../domain/problem.ts'
import { openTestUnit } from '../testing/test-unit.ts'
import { change } from './change.ts'

const CALLER = { actor: 'root', requestId: 'r-1' }
const ADA = parseUserName('ada')

async function open(t: Test) {
  const opened = await openTestUnit(t)
  const { store } = opened.unit
  const insert = () => store.users.insert({ number: 2, name: ADA, createdAt: opened.unit.now() })
  return { ...opened, store, insert, newest: () => store.audit.list(Number.MAX_SAFE_INTEGER, 1)[0] }
}

t.test('a change is kept, raises the revision and stands in the audit', async (t) => {
  const { unit, store, insert, newest } = await open(t)
  const before = store.site.revision()
  const answer = await change(unit, CALLER, '/users/ada', (step) => {
    insert()
    step.record('user.create', 'ada', { number: 2 })
    return 'made'
  })
  t.equal(answer, 'made')
  t.equal(store.site.revision(), before + 1)
  t.match(store.users.find(ADA), { number: 2 })
  t.same(newest(), {
    revision: before + 1,
    at: new Date('2026-03-01T12:00:00Z'),
    actor: 'root',
    action: 'user.create',
    object: 'ada',
    detail: { number: 2 },
    requestId: 'r-1',
  })
})

t.test('a change that throws leaves no row, no revision, no audit and no file', async (t) => {
  const { unit, store, insert, newest, folder } = await open(t)
  const [revision, crlNumber, row] = [store.site.revision(), store.site.crlNumber(), newest()]
  const refusal = new Problem('user-exists', 'No.')
  const refused = change(unit, CALLER, '/users/ada', (step) => {
    insert()
    step.renewCrl()
    step.touched.gateways.add('g.example.org')
    step.record('user.create', 'ada')
    throw refusal
  })
  await t.rejects(refused, refusal)
  t.equal(store.users.find(ADA), undefined)
  t.same([store.site.revision(), store.site.crlNumber(), newest()], [revision, crlNumber, row])
  t.match(unit.publisher.readCrl(), { number: crlNumber })
  t.throws(() => rmSync(join(folder, 'ovpn/clients/g.example.org')), { code: 'ENOENT' })
})

t.test('a change that records nothing leaves no trace', async (t) => {
  const { unit, store, newest } = await open(t)
  const before = [store.site.revision(), newest()]
  t.equal(await change(unit, CALLER, '/', () => 'as it was'), 'as it was')
  t.same([store.site.revision(), newest()], before)
})

t.test('a change of who is revoked makes the list anew, before the answer', async (t) => {
  const { unit, store } = await open(t)
  const number = await change(unit, CALLER, '/status', (step) => step.renewCrl())
  t.equal(number, store.site.crlNumber())
  t.match(unit.publisher.readCrl(), { number })
  t.equal(await change(unit, CALLER, '/status', (step) => step.renewCrl(100)), 101)
  t.match(unit.publisher.readCrl(), { number: 101 })
})

t.test('a change whose files can’t be written stands, and says where to look', async (t) => {
  const { unit, store, insert, folder, close } = await open(t)
  rmSync(join(folder, 'pki/crl.pem'))
  mkdirSync(join(folder, 'pki/crl.pem/in the way'), { recursive: true })
  const pending = change(unit, CALLER, '/users/ada', (step) => {
    insert()
    step.renewCrl()
    step.record('user.create', 'ada')
  })
  await t.rejects(pending, {
    name: 'Problem',
    code: 'publish-pending',
    message: /^The change is made and stays, .*(EISDIR|directory).*tried again/,
    extras: { location: '/users/ada' },
    cause: { code: /EISDIR|ENOTEMPTY/ },
  })
  t.match(store.users.find(ADA), { number: 2 })
  await close()
})

t.test('a change that can’t be kept is not published', async (t) => {
  const { unit, store } = await open(t)
  const { number } = unit.publisher.crl() ?? {}
  const refused = change(unit, CALLER, '/status', (step) => {
    step.renewCrl()
    store.users.insert({ number: 1, name: ADA, createdAt: step.at })
  })
  await t.rejects(refused, { code: 'SQLITE_CONSTRAINT_CHECK' })
  t.match(unit.publisher.readCrl(), { number })
})
