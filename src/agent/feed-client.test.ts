import t, { type Test } from 'tap'
import type { FeedAnswer } from '../domain/agent-feed.ts'
import type { Reply } from './api-channel.ts'
import { followFeed } from './feed-client.ts'
import { FakeChannel } from './testing/fake-channel.ts'
import { fakeLog } from './testing/fake-host.ts'
import { delta, whole } from './testing/feed.ts'

/** Follows until the answers are used up. */
async function follow(t: Test, answers: (Reply | Error)[]) {
  const stopped = new AbortController()
  const taken: FeedAnswer[] = []
  const log = fakeLog()
  const channel = new FakeChannel(() => {
    const next = answers.shift()
    if (answers.length === 0) queueMicrotask(() => stopped.abort())
    if (next === undefined || next instanceof Error) throw next ?? new Error('over')
    return next
  })
  await followFeed({
    channel,
    host: 'vpn1',
    log,
    signal: stopped.signal,
    take: (answer) => taken.push(answer),
    position: () => {
      const last = taken.at(-1)
      return last && { feed: last.feed, revision: last.revision, order: 4 }
    },
  })
  t.ok(channel.asked.every(({ method }) => method === 'GET'))
  return { taken, said: log.said, paths: channel.asked.map(({ path }) => path) }
}

const ok = (body: unknown): Reply => ({ status: 200, body })

t.test('each question says where the copy stands', async (t) => {
  const { taken, paths } = await follow(t, [ok(whole()), ok(delta())])
  t.match(taken, [{ whole: true }, { whole: false, revision: 2 }])
  t.same(paths, ['/agent/state?host=vpn1&wait=50&orders=0', '/agent/state?host=vpn1&wait=50&orders=4&since=1&feed=f1'])
})

t.test('a service that is away is asked again, and said once', async (t) => {
  const away = new Error('connect ECONNREFUSED')
  const { taken, said } = await follow(t, [away, away, ok(whole()), away, ok(delta({ revision: 3 }))])
  t.equal(taken.length, 2)
  t.same(said, [
    'the service can’t be asked: the copy decides',
    'connected to the service',
    'the service can’t be asked: the copy decides',
    'connected to the service',
  ])
})

t.test('a refusal and a state that is wrong are no state', async (t) => {
  const { taken } = await follow(t, [
    { status: 403, body: { detail: 'not yours' } },
    ok({ ...whole(), revision: -1 }),
    ok(whole()),
  ])
  t.equal(taken.length, 1)
})
