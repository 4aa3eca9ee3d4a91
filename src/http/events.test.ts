import t, { type Test } from 'tap'
import { type Ask, askAs, openTestApp } from '../testing/test-unit.ts'

type Told = { id: string; event: string; data: Record<string, unknown> }

/** The events of a stream that has ended. */
function parse(text: string): Told[] {
  const blocks = text.split('\n\n').filter((block) => block.startsWith('id: '))
  return blocks.map((block) => {
    const [, id = '', event = '', data = ''] = /^id: (.*)\nevent: (.*)\ndata: (.*)$/.exec(block) ?? []
    return { id, event, data: JSON.parse(data) }
  })
}

async function openFollowed(t: Test) {
  const app = await openTestApp(t)
  const follow = async (query: string, headers = {}) =>
    parse((await app.ask('GET', `/events?${query}`, undefined, headers)).text)
  return { ...app, follow }
}

t.test('what happens is told as it happens, to everybody who follows', async (t) => {
  const { ask, follow } = await openFollowed(t)
  const following = [follow('seconds=1'), follow('seconds=1')]
  await ask('POST', '/users', { name: 'ada' })
  for (const heard of await Promise.all(following)) {
    t.match(heard, [{ event: 'change', data: { type: 'change', action: 'user.create', object: 'ada' } }])
  }
})

t.test('the last events are told to who asks for them', async (t) => {
  const { ask, follow } = await openFollowed(t)
  for (const name of ['ada', 'bob', 'carl']) await ask('POST', '/users', { name })
  t.same(
    (await follow('seconds=0&last=2')).map(({ data }) => data.object),
    ['bob', 'carl'],
  )
  t.same(await follow('seconds=0'), [])
})

t.test('who was away goes on where it was, and after a restart of the service from its beginning', async (t) => {
  const { ask, follow } = await openFollowed(t)
  for (const name of ['ada', 'bob', 'carl']) await ask('POST', '/users', { name })
  const [, second] = await follow('seconds=0&last=3')
  const since = async (id: string) =>
    (await follow('seconds=0', { 'last-event-id': id }))
      .filter(({ data }) => data.action === 'user.create')
      .map(({ data }) => data.object)
  t.same(await since(String(second?.id)), ['carl'])
  t.same(await since(`${'0'.repeat(16)}.2`), ['ada', 'bob', 'carl'])
})

t.test('a stream says at once that it follows, and ends with the service', async (t) => {
  const { ask, unit } = await openFollowed(t)
  const following = ask('GET', '/events')
  // It subscribes in the same turn in which it answers.
  await new Promise((resolve) => setImmediate(resolve))
  unit.feed.close()
  const { status, headers, text } = await following
  t.equal(status, 200)
  t.equal(headers['content-type'], 'text/event-stream')
  t.match(text, /^: following\nid: [0-9a-f]{16}\.\d+\n\n/)
})

t.test('asking for its head alone opens no stream', async (t) => {
  const { ask } = await openFollowed(t)
  t.match(await ask('HEAD', '/events'), { status: 200, text: '' })
})

t.test('who may no longer call hears no more', async (t) => {
  const { api, ask, clock, unit } = await openFollowed(t)
  const soon = new Date(clock.now().getTime() + 60_000)
  const asked: Ask[] = []
  for (const [name, expiresAt] of [['removed'], ['ended', soon.toISOString()], ['hearing']]) {
    const { token } = (await ask('POST', '/tokens', { name, scope: 'read', expiresAt })).body as { token: string }
    asked.push(askAs(api, token))
  }
  const [removed, ended, hearing] = asked.map((as) => as('GET', '/events'))
  await ask('POST', '/users', { name: 'ada' })
  await ask('DELETE', '/tokens/removed')
  await ask('POST', '/users', { name: 'bob' })
  clock.set(soon)
  await ask('POST', '/users', { name: 'carl' })
  unit.feed.close()
  const heard = async (answer: ReturnType<Ask> | undefined) =>
    parse((await answer)?.text ?? '').map(({ data }) => data.object)
  t.same(await heard(removed), ['ada'])
  t.same(await heard(ended), ['ada', 'removed', 'bob'])
  t.same(await heard(hearing), ['ada', 'removed', 'bob', 'carl'])
})
