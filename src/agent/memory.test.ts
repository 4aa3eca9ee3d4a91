import t from 'tap'
import { openMemory } from './memory.ts'
import { ended } from './testing/events.ts'
import { fakeLog } from './testing/fake-host.ts'
import { GATEWAY, whole } from './testing/feed.ts'
import { session } from './testing/session.ts'

t.test('what an agent knew its next life knows, but for instances that are not its own', async (t) => {
  const folder = t.testdir()
  const memory = openMemory(folder, [0, 1], fakeLog())
  memory.copy.apply(whole())
  memory.sessions.add(session())
  memory.sessions.add(session({ instance: 1 }))
  memory.outbox.push(ended(0))
  memory.stateChanged()
  memory.sessionsChanged()
  await memory.spool.keep()
  await memory.flush()
  const next = openMemory(folder, [1], fakeLog())
  t.ok(next.copy.find(GATEWAY))
  t.same(
    [...next.sessions.all()].map(({ instance }) => instance),
    [1],
  )
  t.same(next.outbox.from(0), [ended(0)])
})
