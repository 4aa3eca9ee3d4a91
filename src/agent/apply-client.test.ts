import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { DutyAnswer, DutyRequest } from '../domain/route-duty.ts'
import { shortFolder } from '../testing/short-folder.ts'
import { type ApplyClientParts, openApplyClient } from './apply-client.ts'

const A = { prefix: '2001:470:c844:200::/60', device: 'tun0' }
const B = { prefix: '2001:470:c844:210::/60', device: 'tun1' }
const FINE = { wanted: 1, missing: 0, repairs: 0, fault: null }

/** Something that listens as apply does, and answers what the test says. */
class FakeApply {
  readonly requests: DutyRequest[] = []
  answer: (request: DutyRequest) => DutyAnswer | undefined = ({ id }) => ({ id, report: FINE })
  readonly #server: Server
  readonly #peers = new Set<Socket>()
  #watchers: (() => void)[] = []

  constructor() {
    this.#server = createServer((peer) => {
      this.#peers.add(peer)
      let rest = ''
      peer.setEncoding('utf8').on('data', (chunk: string) => {
        const lines = `${rest}${chunk}`.split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) this.#take(peer, JSON.parse(line))
      })
    })
  }

  static async start(t: Test, path: string): Promise<FakeApply> {
    const apply = new FakeApply()
    apply.#server.listen(path)
    t.teardown(() => apply.stop())
    await once(apply.#server, 'listening')
    return apply
  }

  get sets(): string[][] {
    return this.requests.flatMap((one) => (one.duty === 'routes' ? [one.routes.map(({ prefix }) => prefix)] : []))
  }

  say(text: string): void {
    for (const peer of this.#peers) peer.write(text)
  }

  async asked(count: number): Promise<void> {
    while (this.requests.length < count) await new Promise<void>((resolve) => this.#watchers.push(resolve))
  }

  async stop(): Promise<void> {
    for (const peer of this.#peers) peer.destroy()
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve))
  }

  #take(peer: Socket, request: DutyRequest): void {
    this.requests.push(request)
    const answer = this.answer(request)
    if (answer !== undefined) peer.write(`${JSON.stringify(answer)}\n`)
    for (const watch of this.#watchers.splice(0)) watch()
  }
}

function openClient(t: Test, path: string, parts: Omit<ApplyClientParts, 'path'> = {}) {
  const client = openApplyClient({ path, ...parts })
  t.teardown(() => client.close())
  return client
}

const pathIn = (t: Test) => join(shortFolder(t), 'a.sock')

t.test('a set is said, acknowledged, and not said again', async (t) => {
  const path = pathIn(t)
  const apply = await FakeApply.start(t, path)
  const client = openClient(t, path)
  client.setRoutes([B, A])
  t.equal(await client.settled(), true)
  t.same(client.report(), { ...FINE, connected: true })
  client.setRoutes([A, B])
  t.equal(await client.settled(), true)
  t.same(apply.sets, [[A.prefix, B.prefix]])
})

t.test('of the sets that come while one is being put in place, the newest alone is said', async (t) => {
  const path = pathIn(t)
  const apply = await FakeApply.start(t, path)
  apply.answer = () => undefined
  const client = openClient(t, path)
  client.setRoutes([A])
  await apply.asked(1)
  for (const set of [[B], [], [A, B], [B]]) client.setRoutes(set)
  const settled = client.settled()
  apply.answer = ({ id }) => ({ id, report: FINE })
  apply.say(`{"id":1,"report":${JSON.stringify(FINE)}}\n`)
  t.equal(await settled, true)
  t.same(apply.sets, [[A.prefix], [B.prefix]])
})

t.test('without apply nothing is settled; a new one is told what is wanted', async (t) => {
  const path = pathIn(t)
  const lost = Promise.withResolvers<void>()
  const client = openClient(t, path, { onChange: ({ connected }) => connected || lost.resolve() })
  client.setRoutes([A])
  t.equal(await client.settled(), false)
  const first = await FakeApply.start(t, path)
  await first.asked(1)
  t.equal(await client.settled(), true)
  await first.stop()
  await lost.promise
  t.equal(await client.settled(), false)
  t.match(client.report(), { wanted: 1, connected: false })
  const second = await FakeApply.start(t, path)
  await second.asked(1)
  t.same(second.sets, [[A.prefix]])
  await client.settled()
  t.match(client.report(), { connected: true })
})

t.test('repairs are told as they grow, also by an apply that counts anew', async (t) => {
  const path = pathIn(t)
  const told: number[] = []
  const apply = await FakeApply.start(t, path)
  const client = openClient(t, path, { onRepairs: (count) => told.push(count) })
  const counts = [2, 2, 5, 1]
  apply.answer = ({ id }) => ({ id, report: { ...FINE, repairs: counts.shift() ?? 1 } })
  for (const set of [[A], [B], [A, B], [A]]) {
    client.setRoutes(set)
    await client.settled()
  }
  t.equal(counts.length, 0)
  t.same(told, [3, 1], 'but not what was counted before it began')
})

t.test('a set that is refused is not settled, and the report says why', async (t) => {
  const path = pathIn(t)
  const apply = await FakeApply.start(t, path)
  apply.answer = ({ id }) => ({ id, fault: 'no device' })
  const client = openClient(t, path)
  client.setRoutes([A])
  t.equal(await client.settled(), false)
  t.equal(await client.settled(), false, 'nor later')
  t.match(client.report(), { fault: 'apply refuses the routes: no device', connected: true })
  apply.answer = ({ id }) => ({ id, report: FINE })
  client.setRoutes([B])
  t.equal(await client.settled(), true)
  t.match(client.report(), { fault: null })
})

t.test('who answers in no words of apply is left, and asked again later', async (t) => {
  const path = pathIn(t)
  const apply = await FakeApply.start(t, path)
  apply.answer = () => undefined
  const client = openClient(t, path)
  client.setRoutes([A])
  for (const [turn, nonsense] of ['hello\n', '{"id":1}\n', '{"id":99,"fault":"x"}\n', 'x'.repeat(70_000)].entries()) {
    await apply.asked(turn + 1)
    const settled = client.settled()
    apply.say(nonsense)
    t.equal(await settled, false, nonsense.slice(0, 20))
  }
})

t.test('once closed it asks nothing more', async (t) => {
  const path = pathIn(t)
  const apply = await FakeApply.start(t, path)
  const client = openClient(t, path)
  await apply.asked(1)
  t.same(apply.requests, [{ id: 1, duty: 'report' }], 'before, with no set to say, it asks how things are')
  client.close()
  client.setRoutes([A])
  t.equal(await client.settled(), false)
  t.same(apply.sets, [])
})
