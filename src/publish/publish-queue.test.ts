import { mock } from 'node:test'
import t, { type Test } from 'tap'
import { createPublishQueue, type Perform } from './publish-queue.ts'
import { nothingTouched, type Touched } from './touched.ts'

const NOW = new Date('2026-03-01T12:00:00Z')
const touching = (...gateways: string[]): Touched => ({ ...nothingTouched(), gateways: new Set(gateways) })

type Attempt = {
  gateways: string[]
  crl: boolean
  server: boolean
  succeed: () => void
  fail: (words?: string, left?: Touched) => void
}

/** A queue whose attempts are ended by hand, in a time that moves only when it is told to. */
function openQueue(t: Test) {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const attempts: Attempt[] = []
  const reports: string[] = []
  const perform: Perform = (touched) =>
    new Promise((resolve) => {
      attempts.push({
        gateways: [...touched.gateways].sort(),
        crl: touched.crl,
        server: touched.server,
        succeed: () => resolve(undefined),
        fail: (words = 'disk full', left = touched) => resolve({ left, fault: new Error(words) }),
      })
    })
  const queue = createPublishQueue(
    perform,
    () => NOW,
    (fault) => reports.push(fault.message),
  )
  const attempt = (n: number): Attempt => {
    const wanted = attempts[n]
    if (wanted === undefined) throw new Error(`there was no attempt ${n}`)
    return wanted
  }
  return { queue, attempts, attempt, reports }
}

/** Lets everything run that waits for nothing but its turn. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

t.test('a change is published at once, and answered when it is', async (t) => {
  const { queue, attempts, attempt } = openQueue(t)
  let isDone = false
  const published = queue.publish(touching('a')).then(() => {
    isDone = true
  })
  await settle()
  t.match(attempts, [{ gateways: ['a'] }])
  t.equal(isDone, false)
  attempt(0).succeed()
  await published
  t.match(queue.state(), { pending: 0, isCrlPending: false, fault: undefined, failingSince: undefined, failures: 0 })
})

t.test('what touches nothing is not published', async (t) => {
  const { queue, attempts } = openQueue(t)
  await queue.publish(nothingTouched())
  t.equal(attempts.length, 0)
})

t.test('changes that arrive while one is published share the next publish', async (t) => {
  const { queue, attempts, attempt } = openQueue(t)
  const first = queue.publish(touching('a'))
  const others = [touching('b'), touching('c', 'b'), { ...nothingTouched(), crl: true }].map(queue.publish)
  attempt(0).succeed()
  await first
  await settle()
  t.match(attempts, [{ gateways: ['a'] }, { gateways: ['b', 'c'], crl: true, server: false }])
  attempt(1).succeed()
  await Promise.all(others)
  t.equal(attempts.length, 2)
})

t.test('two attempts never run side by side', async (t) => {
  const { queue, attempts, attempt } = openQueue(t)
  const published = [queue.publish(touching('a')), queue.publish(touching('b'))]
  await settle()
  t.equal(attempts.length, 1)
  attempt(0).succeed()
  await settle()
  t.equal(attempts.length, 2)
  attempt(1).succeed()
  await Promise.all(published)
})

t.test('a failure is told to those who wait for it, and to nobody after', async (t) => {
  const { queue, attempt } = openQueue(t)
  const first = queue.publish(touching('a'))
  const second = queue.publish(touching('b'))
  attempt(0).fail()
  await t.rejects(first, { message: 'disk full' })
  await settle()
  t.match(attempt(1), { gateways: ['a', 'b'] }, 'what is left is tried with what comes')
  attempt(1).succeed()
  await second
})

t.test('a change whose own files are written is not told of the failure of others', async (t) => {
  const { queue, attempt } = openQueue(t)
  const crl = queue.publish({ ...nothingTouched(), crl: true })
  attempt(0).fail()
  await t.rejects(crl, { message: 'disk full' })
  const [mine, theirs] = [queue.publish(touching('a')), queue.publish(touching('b'))]
  attempt(1).fail('disk full', { ...nothingTouched(), crl: true })
  await mine
  await settle()
  attempt(2).fail('disk full', { ...touching('b'), crl: true })
  await t.rejects(theirs, { message: 'disk full' })
  t.match(queue.state(), { pending: 2, isCrlPending: true })
})

t.test('what failed is tried again by itself, after half a second, one, two and so on to ten', async (t) => {
  const { queue, attempts, attempt } = openQueue(t)
  const published = queue.publish(touching('a'))
  attempt(0).fail()
  await t.rejects(published, { message: 'disk full' })
  const waits = [500, 1000, 2000, 4000, 8000, 10_000, 10_000]
  for (const [n, waitMs] of waits.entries()) {
    mock.timers.tick(waitMs - 1)
    await settle()
    t.equal(attempts.length, n + 1, `not before ${waitMs} ms`)
    mock.timers.tick(1)
    t.equal(attempts.length, n + 2)
    t.same(attempt(n + 1).gateways, ['a'])
    attempt(n + 1).fail()
    await settle()
  }
})

t.test('the state says what is behind, why and since when, until it succeeds', async (t) => {
  const { queue, attempt } = openQueue(t)
  const published = queue.publish({ gateways: new Set(['a', 'b']), crl: true, server: false, policy: false })
  attempt(0).fail()
  await t.rejects(published)
  t.match(queue.state(), { pending: 3, isCrlPending: true, fault: 'disk full', failingSince: NOW, failures: 1 })
  mock.timers.tick(500)
  attempt(1).fail('still full')
  await settle()
  t.match(queue.state(), { pending: 3, isCrlPending: true, fault: 'still full', failingSince: NOW, failures: 2 })
  mock.timers.tick(1000)
  attempt(2).succeed()
  await settle()
  t.match(queue.state(), { pending: 0, isCrlPending: false, fault: undefined, failingSince: undefined, failures: 2 })
})

t.test('what is being written is pending until it is written', async (t) => {
  const { queue, attempt } = openQueue(t)
  const first = queue.publish({ gateways: new Set(['a', 'b']), crl: true, server: false, policy: false })
  t.match(queue.state(), { pending: 3, isCrlPending: true })
  const second = queue.publish(touching('b', 'c'))
  t.match(queue.state(), { pending: 4, isCrlPending: true })
  attempt(0).succeed()
  await first
  await settle()
  t.match(queue.state(), { pending: 2, isCrlPending: false })
  attempt(1).succeed()
  await second
  t.match(queue.state(), { pending: 0 })
})

t.test('after a success the waits begin anew', async (t) => {
  const { queue, attempts, attempt } = openQueue(t)
  for (const n of [0, 2]) {
    const published = queue.publish(touching('a'))
    attempt(n).fail()
    await t.rejects(published)
    mock.timers.tick(500)
    t.equal(attempts.length, n + 2)
    attempt(n + 1).succeed()
    await settle()
  }
})

t.test('a fault is reported once, as long as it is the same', async (t) => {
  const { queue, attempt, reports } = openQueue(t)
  const published = queue.publish(touching('a'))
  attempt(0).fail()
  await t.rejects(published)
  for (const [n, words] of ['disk full', 'read only', 'read only', 'disk full'].entries()) {
    mock.timers.tick(10_000)
    attempt(n + 1).fail(words)
    await settle()
  }
  t.same(reports, ['disk full', 'read only', 'disk full'])
})

t.test('a change that comes while there is a wait does not wait with it', async (t) => {
  const { queue, attempts, attempt } = openQueue(t)
  const failed = queue.publish(touching('a'))
  attempt(0).fail()
  await t.rejects(failed)
  const next = queue.publish(touching('b'))
  t.match(attempt(1), { gateways: ['a', 'b'] })
  attempt(1).succeed()
  await next
  mock.timers.tick(60_000)
  await settle()
  t.equal(attempts.length, 2, 'and the wait is over')
})

t.test('closing waits for what is under way', async (t) => {
  const { queue, attempts, attempt } = openQueue(t)
  const published = queue.publish(touching('a'))
  let isClosed = false
  const closed = queue.close().then(() => {
    isClosed = true
  })
  await settle()
  t.equal(isClosed, false)
  attempt(0).succeed()
  await Promise.all([published, closed])
  t.equal(attempts.length, 1)
})

t.test('closing tries once more what is pending, and then no more', async (t) => {
  const { queue, attempts, attempt } = openQueue(t)
  const published = queue.publish(touching('a'))
  attempt(0).fail()
  await t.rejects(published)
  const closed = queue.close()
  await settle()
  t.same(attempt(1).gateways, ['a'])
  attempt(1).fail()
  await closed
  mock.timers.tick(60_000)
  await settle()
  t.equal(attempts.length, 2)
})
