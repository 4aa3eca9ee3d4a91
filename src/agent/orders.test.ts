import t from 'tap'
import type { Order } from '../domain/agent-feed.ts'
import type { Link } from './link.ts'
import { carryOut } from './orders.ts'
import { FakeHost, FakeLink, row } from './testing/fake-host.ts'
import { GATEWAY, OTHER, whole } from './testing/feed.ts'
import { session } from './testing/session.ts'

/** An instance whose clients leave when they are told to, or only when they are cut off, or never. */
class Leaving extends FakeLink {
  readonly #leaves: string
  constructor(leaves: string, ...cids: number[]) {
    super()
    this.#leaves = leaves
    this.rows = cids.map((cid) => row({ cid }))
  }

  override async status() {
    const rows = await super.status()
    return this.sent.some((command) => command.startsWith(this.#leaves)) ? [] : rows
  }
}

const at = (number: number, link: Link) => ({ number, link, isGone: false })

const order = (kind: Order['kind']): Order => ({ number: 1, kind, gateways: [GATEWAY, OTHER] })

t.test('sessions that are known and those that are not are ended, and none is left', async (t) => {
  const host = new FakeHost()
  host.copy.apply(whole())
  const known = session({ cid: 5 })
  host.sessions.add(known)
  const link = new Leaving('kill ', 5, 6)
  const receipts = carryOut(host, [at(0, link), at(1, new FakeLink())], order('withdraw'))
  t.equal(known.ending, 'the gateway was withdrawn', 'before anything is waited for')
  t.same(host.routesChanged, [GATEWAY])
  t.same(await receipts, {
    instances: [
      { instance: 0, found: 2, ended: 2, left: 0 },
      { instance: 1, found: 0, ended: 0, left: 0 },
    ],
    notAsked: [],
  })
  t.same(link.sent, ['status', 'client-kill 5', 'client-kill 6', `kill ${GATEWAY}`, `kill ${OTHER}`, 'status'])
})

t.test('who may come back is told to, and cut off only if it stays', async (t) => {
  const host = new FakeHost()
  const polite = new Leaving('client-kill', 1)
  const stubborn = new Leaving('kill ', 1)
  const both = [polite, stubborn].map((link, number) => at(number, link))
  const { instances: receipts } = await carryOut(host, both, order('disconnect'))
  t.same(
    receipts.map(({ found, ended, left }) => [found, ended, left]),
    [
      [1, 1, 0],
      [1, 1, 0],
    ],
  )
  t.same(polite.sent, ['status', 'client-kill 1', 'status', 'status'])
  t.same(stubborn.sent, ['status', 'client-kill 1', 'status', `kill ${GATEWAY}`, 'status'])
})

t.test('what is left is said', async (t) => {
  const host = new FakeHost()
  const { instances } = await carryOut(host, [at(0, new Leaving('never', 1, 2))], order('withdraw'))
  t.same(instances, [{ instance: 0, found: 2, ended: 0, left: 2 }])
})

t.test('who could not be asked is said, and who does not run has nothing', async (t) => {
  const host = new FakeHost()
  const lost = new FakeLink()
  lost.fault = new Error('closed')
  const instances = [
    at(0, lost),
    at(1, new FakeLink()),
    { number: 2, link: undefined, isGone: true },
    { number: 3, link: undefined, isGone: false },
  ]
  t.same(await carryOut(host, instances, order('withdraw')), {
    instances: [
      { instance: 1, found: 0, ended: 0, left: 0 },
      { instance: 2, found: 0, ended: 0, left: 0 },
    ],
    notAsked: [0, 3],
  })
  t.match(host.log.said, ['an order was cut short'])
})
