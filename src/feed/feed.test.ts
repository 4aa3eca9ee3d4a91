import t from 'tap'
import { parseFqdn } from '../domain/names.ts'
import { createFeed } from './feed.ts'

const A = parseFqdn('a.ada.example.org')
const B = parseFqdn('b.bob.example.org')
const FOUND = { instance: 0, found: 1, ended: 1, left: 0 }

/** A feed over a revision that the test raises. */
function openFeed(start = 5) {
  const state = { revision: start }
  const feed = createFeed(() => state.revision)
  const commit = (...gateways: string[]) => {
    state.revision += 1
    feed.changed({ gateways: new Set(gateways), policy: false })
  }
  const at = (revision: number, order = 0) => ({ feed: feed.id, revision, order })
  return { feed, commit, at }
}

const never = new AbortController().signal

t.test('who knows a revision of this feed is told what changed since', async (t) => {
  const { feed, commit, at } = openFeed()
  commit(A)
  commit(B)
  t.same([...(feed.touchedSince(at(5))?.gateways ?? [])], [A, B])
  t.same([...(feed.touchedSince(at(6))?.gateways ?? [])], [B])
  t.equal(feed.touchedSince(at(4)), undefined, 'from before this life of the service')
  t.equal(feed.touchedSince(at(8)), undefined, 'from a future that a restore took back')
  t.equal(feed.touchedSince({ ...at(6), feed: 'another' }), undefined)
  t.equal(feed.touchedSince({ ...at(6), feed: undefined }), undefined)
  commit('*')
  t.equal(feed.touchedSince(at(7)), undefined, 'when everything changed')
  t.same([...(feed.touchedSince(at(8))?.gateways ?? [])], [])
})

t.test('a change of the policy is told of beside those of gateways', async (t) => {
  const { feed, commit, at } = openFeed()
  commit(A)
  t.match(feed.touchedSince(at(5)), { policy: false })
  feed.changed({ gateways: new Set([B]), policy: true })
  t.same(feed.touchedSince(at(5)), { policy: true, gateways: new Set([A, B]) })
})

t.test('feeds are told apart', async (t) => {
  t.not(openFeed().feed.id, openFeed().feed.id)
})

t.test('waiting ends with a change, an order, the time, the caller or the service', async (t) => {
  const { feed, commit, at } = openFeed()
  await feed.wait('vpn1', at(4), 60_000, never)
  await feed.wait('vpn1', { ...at(5), feed: 'another' }, 60_000, never)
  const changed = feed.wait('vpn1', at(5), 60_000, never)
  commit(A)
  await changed
  const ordered = feed.wait('vpn1', at(6), 60_000, never)
  const receipt = feed.order('withdraw', [A], ['vpn1', 'vpn2'])
  await ordered
  feed.orders.answer('vpn1', 1, { instances: [FOUND], notAsked: [] })
  t.same(await receipt, { instances: [{ host: 'vpn1', ...FOUND }], notReached: ['vpn2'] })
  await feed.wait('vpn1', at(6, 1), 5, never)
  const caller = new AbortController()
  const left = feed.wait('vpn1', at(6, 1), 60_000, caller.signal)
  caller.abort()
  await left
  const stopped = feed.wait('vpn1', at(6, 1), 60_000, never)
  feed.close()
  await stopped
})

t.test('an order for another host wakes nobody', async (t) => {
  const { feed, at } = openFeed()
  feed.presence.seen('vpn2')
  let isAwake = false
  const waiting = feed.wait('vpn1', at(5), 60_000, never).then(() => {
    isAwake = true
  })
  const receipt = feed.order('disconnect', [A], ['vpn2'])
  await new Promise((resolve) => setImmediate(resolve))
  t.notOk(isAwake)
  feed.orders.answer('vpn2', 1, { instances: [], notAsked: [] })
  await receipt
  feed.close()
  await waiting
})
