import t from 'tap'
import { parseFqdn, parseUserName } from '../domain/names.ts'
import type { NewSession } from './sessions.ts'
import { openStore } from './store.ts'

const A = parseFqdn('a.ada.example.org')
const B = parseFqdn('b.bob.example.org')
const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 12, minute))

const SESSION: NewSession = {
  host: 'vpn1',
  instance: 0,
  generation: '77.1',
  cid: 4,
  gateway: A,
  user: parseUserName('ada'),
  number: 2,
  slot: 0,
  serial: '01',
  realAddress: '192.0.2.1:1194',
  startedAt: at(0),
}

function storeWith(...sessions: Partial<NewSession>[]) {
  const { sessions: queries } = openStore(':memory:')
  for (const session of sessions) queries.insert({ ...SESSION, ...session })
  return queries
}

t.test('a session is kept once, whole, and ended once', async (t) => {
  const sessions = storeWith()
  t.ok(sessions.insert(SESSION))
  t.notOk(sessions.insert({ ...SESSION, realAddress: 'told again' }))
  t.match(sessions.find(SESSION), { ...SESSION, endedAt: null, endReason: null, bytesIn: 0, bytesOut: 0 })
  sessions.setBytes(SESSION, { bytesIn: 2 ** 40, bytesOut: 7 })
  t.ok(sessions.end(SESSION, at(5), 'left'))
  t.notOk(sessions.end(SESSION, at(6), 'told again'))
  t.match(sessions.find(SESSION), { endedAt: at(5), endReason: 'left', bytesIn: 2 ** 40, bytesOut: 7 })
  t.equal(sessions.find({ ...SESSION, generation: '78.1' }), undefined)
})

t.test('live ones are listed by gateway, and counted by host', async (t) => {
  const sessions = storeWith({ gateway: B, cid: 1 }, { cid: 2 }, { cid: 3, host: 'vpn2' }, { cid: 9 })
  sessions.end({ ...SESSION, cid: 9 }, at(1), 'left')
  t.same(
    sessions.listLive().map(({ gateway, cid }) => [gateway, cid]),
    [
      [A, 3],
      [A, 2],
      [B, 1],
    ],
  )
  t.same(
    sessions.liveOf(A).map(({ cid }) => cid),
    [3, 2],
  )
  t.same(sessions.liveByHost(), [
    { host: 'vpn1', sessions: 2 },
    { host: 'vpn2', sessions: 1 },
  ])
})

t.test('the history is told the newest first, in pages, of all or of one gateway', async (t) => {
  const sessions = storeWith({ cid: 1 }, { cid: 2, gateway: B }, { cid: 3 })
  const cids = (rows: { cid: number }[]) => rows.map(({ cid }) => cid)
  t.same(cids(sessions.history(Number.MAX_SAFE_INTEGER, -1)), [3, 2, 1])
  t.same(cids(sessions.history(3, 1)), [2])
  t.same(cids(sessions.history(Number.MAX_SAFE_INTEGER, -1, A)), [3, 1])
})

t.test('when a gateway was last seen is its last end', async (t) => {
  const sessions = storeWith({ cid: 1 }, { cid: 2 })
  t.equal(sessions.lastEnd(A), undefined)
  sessions.end({ ...SESSION, cid: 2 }, at(7), 'left')
  sessions.end({ ...SESSION, cid: 1 }, at(3), 'left')
  t.same(sessions.lastEnd(A), at(7))
})

t.test('what an instance does not have any more is ended, and nothing else', async (t) => {
  const sessions = storeWith(
    { cid: 1 },
    { cid: 2 },
    { cid: 3, generation: 'old' },
    { cid: 4, instance: 1 },
    { cid: 5, host: 'vpn2' },
  )
  const over = sessions.endOthers({ host: 'vpn1', instance: 0, generation: '77.1', cids: [2, 3] }, at(9), 'unseen')
  t.same(
    over.map(({ cid }) => cid),
    [1, 3],
  )
  t.same(
    sessions
      .listLive()
      .map(({ cid }) => cid)
      .sort(),
    [2, 4, 5],
  )
  sessions.endOfHost('vpn1', at(9), 'host removed')
  t.same(
    sessions.listLive().map(({ cid }) => cid),
    [5],
  )
})

t.test('what ended long ago is forgotten, what lives never', async (t) => {
  const sessions = storeWith({ cid: 1 }, { cid: 2 }, { cid: 3 })
  sessions.end({ ...SESSION, cid: 1 }, at(1), 'left')
  sessions.end({ ...SESSION, cid: 2 }, at(5), 'left')
  t.equal(sessions.forget(at(5)), 1)
  t.same(
    sessions.history(Number.MAX_SAFE_INTEGER, -1).map(({ cid }) => cid),
    [3, 2],
  )
})
