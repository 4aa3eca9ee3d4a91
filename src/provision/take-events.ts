import type { AgentEvent, EventBatch } from '../domain/agent-feed.ts'
import type { Unit } from '../unit.ts'
import { retireCertificates } from './retire-certificates.ts'
import { type Taking, takeEvent } from './take-event.ts'

/**
 * Takes what an agent saw, in the order in which it saw it. What was taken before is skipped, so a batch may be sent again
 * when its answer was lost.
 * @returns the number of the next event of that outbox
 */
export async function takeEvents(unit: Unit, { host, outbox, first, events }: EventBatch): Promise<number> {
  unit.feed.presence.seen(host)
  const taking: Taking = {
    unit,
    host,
    happenings: [],
    begun: [],
    moved: new Set(),
    carried: { bytesIn: 0, bytesOut: 0 },
  }
  const next = await unit.store
    .write(() => {
      unit.store.hosts.meet(host, unit.now())
      const known = unit.store.hosts.find(host)
      const expected = known?.outbox === outbox ? known.nextEvent : first
      for (const event of events.slice(Math.max(0, expected - first))) takeEvent(taking, event)
      const after = Math.max(expected, first + events.length)
      unit.store.hosts.take(host, outbox, after)
      return after
    })
    // Then the sessions that it ended are no longer shown; and somebody waits for it, whether they could be kept or not.
    .finally(() => answerOrders(unit, host, events))
  unit.feed.countTraffic(taking.carried)
  unit.publisher.sessionsChanged(taking.moved)
  for (const happening of taking.happenings) unit.feed.events.add(happening)
  for (const begun of taking.begun) {
    if (begun.serial !== null) await retireCertificates(unit, begun.gateway, begun.serial)
    endElsewhere(unit, begun)
  }
  return next
}

/** An answer to another feed's order is to nobody. */
function answerOrders(unit: Unit, host: string, events: readonly AgentEvent[]): void {
  for (const event of events) {
    if (event.type === 'order-done' && event.feed === unit.feed.id) {
      unit.feed.orders.answer(host, event.order, event)
    }
  }
}

/** The newest session of a gateway wins. On one host its agent sees to that; of other hosts only we know. */
function endElsewhere({ config, feed, store }: Unit, { key, gateway }: Taking['begun'][number]): void {
  const own = store.sessions.find(key)
  if (own === undefined || config.secondSession === 'refuse') return
  const older = store.sessions.liveOf(gateway).filter((one) => {
    // Of two that began in one second, whichever was told of last is the newer one.
    const isOlder =
      one.startedAt < own.startedAt || (one.startedAt.getTime() === own.startedAt.getTime() && one.id < own.id)
    return one.host !== key.host && isOlder
  })
  if (older.length > 0) void feed.order('withdraw', [gateway], [...new Set(older.map(({ host }) => host))])
}
