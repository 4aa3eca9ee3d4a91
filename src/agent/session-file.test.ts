import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { keepSessions, readSessions } from './session-file.ts'
import { SessionTable } from './sessions.ts'
import { GATEWAY, SERIAL } from './testing/feed.ts'
import { session } from './testing/session.ts'

t.test('the established sessions are there after a restart, in their order', async (t) => {
  const folder = t.testdir()
  const table = new SessionTable()
  table.add(session({ instance: 1, rank: 9, ending: 'it was to be ended' }))
  table.add(session({ rank: 4, serial: null }))
  table.add(session({ cid: 8, phase: 'authorized' }))
  const file = keepSessions(folder, table, t.fail)
  file.changed()
  await file.flush()
  t.match(readSessions(folder, t.fail), [
    { instance: 0, rank: 4, serial: null, phase: 'established' },
    { instance: 1, rank: 9, serial: SERIAL, gateway: GATEWAY, ending: undefined },
  ])
  t.equal(readSessions(folder, t.fail).length, 2)
})

t.test('what is damaged counts as none', async (t) => {
  const wrong = [
    '',
    '{"sessions":',
    '[1]',
    '{"sessions":[{}]}',
    JSON.stringify({ sessions: [{ ...session(), gateway: 'x' }] }),
  ]
  for (const text of wrong.filter((one) => one !== '[1]')) {
    const folder = t.testdir()
    writeFileSync(join(folder, 'sessions.json'), text)
    const said: string[] = []
    t.same(
      readSessions(folder, (words) => said.push(words)),
      [],
      text,
    )
    t.match(said, [/sessions.json is damaged/])
  }
  t.same(readSessions(t.testdir(), t.fail), [], 'none is none')
})
