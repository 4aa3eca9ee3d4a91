import { pino } from 'pino'
import t, { type Test } from 'tap'
import { parseTokenName } from '../domain/names.ts'
import { createToken } from '../provision/create-token.ts'
import { openTestUnit } from '../testing/test-unit.ts'
import type { Unit } from '../unit.ts'
import { keepHouse } from './housekeeping.ts'

type Line = { msg: string; level: number; err?: { message: string } }

/** A unit whose house is kept every millisecond, and a way to wait for a line of its log. */
async function open(t: Test, act: (unit: Unit, at: (time: string) => void) => void | Promise<void>) {
  // tap removes the folder of a test before its teardowns, unless one was registered before the folder was made.
  t.teardown(() => undefined)
  const { unit, clock } = await openTestUnit(t)
  const waiting: { words: string; resolve: (line: Line) => void }[] = []
  const heard: Line[] = []
  const hear = (line: Line) => {
    heard.push(line)
    for (const one of waiting) if (line.msg.includes(one.words)) one.resolve(line)
  }
  const until = (words: string) => new Promise<Line>((resolve) => waiting.push({ words, resolve }))
  const log = pino({ base: null }, { write: (line: string) => hear(JSON.parse(line)) })
  const own = { ...unit, log }
  await act(own, (time) => clock.set(new Date(time)))
  const stop = keepHouse(own, 1)
  t.teardown(stop)
  return { unit: own, clock, until, heard, stop }
}

/** Lets rounds go by: each is over when the next has begun to look at the clock. */
function rounds(unit: Unit, count: number): Promise<void> {
  return new Promise((resolve) => {
    let seen = 0
    const crl = unit.publisher.crl
    Object.assign(unit.publisher, {
      crl: () => {
        if (++seen === count) resolve()
        return crl()
      },
    })
  })
}

t.test('a list that falls due is made anew', async (t) => {
  const { unit, until } = await open(t, (_, at) => at('2026-05-01T00:00:00Z'))
  await until('did refresh the revocation list')
  t.match(unit.publisher.readCrl(), { number: 2, thisUpdate: new Date('2026-04-30T23:55:00Z') })
})

t.test('a server certificate that falls due is replaced', async (t) => {
  const { unit, clock, until } = await open(t, (_, at) => at('2036-01-02T00:00:00Z'))
  await until('did renew the server’s certificate')
  t.equal(unit.store.certificates.listFormerServers(clock.now()).length, 1)
})

t.test('what is not due is left alone, without a word', async (t) => {
  const { unit, stop, heard } = await open(t, () => undefined)
  const revision = unit.store.site.revision()
  await rounds(unit, 3)
  await stop()
  t.equal(unit.store.site.revision(), revision)
  t.same(heard, [])
})

t.test('a chore that fails keeps the other from nothing, and is tried again', async (t) => {
  let fails = 2
  const { unit, until } = await open(t, (unit, at) => {
    at('2036-01-02T00:00:00Z')
    const { raiseCrlNumber } = unit.store.site
    const raise = (least?: number) => {
      if (fails-- > 0) throw new Error('the pen is broken')
      return raiseCrlNumber(least)
    }
    Object.assign(unit.store.site, { raiseCrlNumber: raise })
  })
  const others = until('did renew the server’s certificate')
  const again = until('did refresh the revocation list')
  const fault = await until('could not refresh the revocation list; it is tried again in a minute')
  t.match(fault.err?.message, 'the pen is broken')
  await Promise.all([others, again])
  t.equal(fails, -1)
  t.match(unit.publisher.readCrl(), { thisUpdate: new Date('2036-01-01T23:55:00Z') })
})

t.test('storage that failed is tried until it works again', async (t) => {
  let isFull = true
  let tried = 0
  const { unit, stop } = await open(t, (unit) => {
    Object.assign(unit.store, { fault: () => (isFull ? 'database or disk is full' : undefined) })
    const { touch } = unit.store.site
    Object.assign(unit.store.site, {
      touch: () => {
        if (++tried === 2) isFull = false
        if (isFull) throw new Error('database or disk is full')
        touch()
      },
    })
  })
  await rounds(unit, 6)
  await stop()
  t.equal(tried, 2, 'and then no more')
})

t.test('when tokens were last used is written, without a word', async (t) => {
  const name = parseTokenName('prometheus')
  const { unit, stop, heard } = await open(t, async (unit) => {
    await createToken(unit, { actor: 'root', requestId: 'r' }, { name, scope: 'read' })
    unit.store.tokenUses.note(name, unit.now())
  })
  await rounds(unit, 2)
  await stop()
  t.same(unit.store.tokens.find(name)?.lastUsedAt, unit.now())
  t.same(heard, [])
})

t.test('a stop waits for the chore that is under way, and begins no other', async (t) => {
  const { unit, stop } = await open(t, (_, at) => at('2026-05-01T00:00:00Z'))
  await rounds(unit, 1)
  await stop()
  const revision = unit.store.site.revision()
  t.match(unit.publisher.readCrl(), { number: 2 })
  await new Promise((resolve) => setImmediate(resolve))
  t.equal(unit.store.site.revision(), revision)
})
