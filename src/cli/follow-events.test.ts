import type { ServerResponse } from 'node:http'
import t from 'tap'
import { callerOf, openFakeService, socketPath } from './testing/cli.ts'

const block = (id: string, type: string) => `id: ${id}\nevent: ${type}\ndata: {"type":"${type}","at":"x"}\n\n`
const types = (out: string) =>
  out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).type)
const problem = (code: string) => JSON.stringify({ type: `/problems/${code}`, detail: `It is ${code}.` })

t.test('when the service goes away it goes on after the last event, and says so beside the output', async (t) => {
  const asked: unknown[] = []
  const answers: ((response: ServerResponse) => void)[] = [
    (response) => response.end(`: following\n\n${block('f.1', 'one')}${block('f.2', 'two')}id: f.3`),
    (response) => response.writeHead(502).end('<html>'),
    (response) => response.write(`: following\n\n${block('g.1', 'three')}`),
  ]
  const { call } = await openFakeService(t, ({ url, headers }, response) => {
    asked.push([url, headers['last-event-id']])
    answers.shift()?.(response)
  })
  const { exit, out, err } = await call('watch --json --last 5 --seconds 3')
  t.equal(exit, 0)
  t.same(types(out), ['one', 'two', 'three'])
  t.same(asked, [
    ['/events?last=5', undefined],
    ['/events', 'f.2'],
    ['/events', 'f.2'],
  ])
  t.equal(err, 'the service went away; waiting for it\nthe service is back\n')
})

t.test('an id without an event says how far one has read', async (t) => {
  const asked: unknown[] = []
  const { call } = await openFakeService(t, ({ headers }, response) => {
    asked.push(headers['last-event-id'])
    if (asked.length === 1) response.end('id: f.7\n\n')
    else response.write(': following\n\n')
  })
  t.match(await call('watch --seconds 2'), { exit: 0, out: '' })
  t.same(asked, [undefined, 'f.7'])
})

t.test('a connection that breaks is one that went away', async (t) => {
  let calls = 0
  const { call } = await openFakeService(t, (_, response) => {
    calls += 1
    response.write(block(`f.${calls}`, `n${calls}`), () => calls === 1 && response.destroy())
  })
  const { out, err } = await call('watch --json --seconds 2')
  t.same(types(out), ['n1', 'n2'])
  t.match(err, /^the service went away/)
})

t.test('a service that was never there is not waited for', async (t) => {
  const path = socketPath(t)
  t.match(await callerOf(`unix:${path}`)('watch'), { exit: 3, out: '', err: `there is no ${path}` })
})

t.test('a refusal ends it, at the beginning and when it comes back', async (t) => {
  let calls = 0
  const { call } = await openFakeService(t, (_, response) => {
    calls += 1
    if (calls === 1) response.end(block('f.1', 'one'))
    else response.writeHead(401).end(problem('unauthorized'))
  })
  t.match(await call('watch'), { exit: 1, err: /waiting for it\nIt is unauthorized\./ })
  t.match(await call('watch'), { exit: 1, out: '', err: /^It is unauthorized\./ })
})

t.test('what sends no events is not vpnunit', async (t) => {
  const { call } = await openFakeService(t, (_, response) => response.end('data: <html>\n\n'))
  t.match(await call('watch'), { exit: 3, err: 'what answers is not vpnunit: an event is not JSON' })
})
