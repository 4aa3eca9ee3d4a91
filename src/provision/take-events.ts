import type { AgentEvent, EventBatch } from '../domain/agent-feed.ts'
import { type Fqdn, parseFqdn } from '../domain/names.ts'
import { Problem } from '../domain/problem.ts'
import type { Happening } from '../feed/event-log.ts'
import type { HostSessionKey } from '../store/sessions.ts'
import type { Unit } from '../unit.ts'
import { retireCertificates } from './retire-certificates.ts'

/** The work of one batch, inside its transaction. */
type Taking = { unit: Unit; host: string; happenings: Happening[]; begun: Begun[] }
type Begun = { gateway: Fqdn; serial: string | null; at: string }

type Of<T extends AgentEvent['type']> = Extract<AgentEvent, { type: T }>

/**
 * Takes what an agent saw, in the order in which it saw it. What was taken before is skipped, so a batch may be sent again
 * when its answer was lost.
 * @returns the number of the next event of that outbox
 */
export async function takeEvents(unit: Unit, batch: EventBatch): Promise<number> {
  const { host, outbox, first, events } = batch
  unit.feed.presence.seen(host)
  answerOrders(unit, host, events)
  const taking: Taking = { unit, host, happenings: [], begun: [] }
  const next = await unit.store.write(() => {
    unit.store.hosts.meet(host, unit.now())
    const known = unit.store.hosts.find(host)
    const expected = known?.outbox === outbox ? known.nextEvent : first
    for (const event of events.slice(Math.max(0, expected - first))) takeOne(taking, event)
    const after = Math.max(expected, first + events.length)
    unit.store.hosts.take(host, outbox, after)
    return after
  })
  for (const happening of taking.happenings) unit.feed.events.add(happening)
  for (const { gateway, serial, at } of taking.begun) {
    if (serial !== null) await retireCertificates(unit, gateway, serial)
    endElsewhere(unit, host, gateway, new Date(at))
  }
  return next
}

/** The newest session of a gateway wins. On one host its agent sees to that; of other hosts only we know. */
function endElsewhere(unit: Unit, host: string, gateway: Fqdn, since: Date): void {
  if (unit.config.secondSession === 'refuse') return
  const older = unit.store.sessions.liveOf(gateway).filter((one) => one.host !== host && one.startedAt < since)
  if (older.length > 0) void unit.feed.order('withdraw', [gateway], [...new Set(older.map((one) => one.host))])
}

/** First of all, and without the database: somebody waits for it. An answer to another feed's order is to nobody. */
function answerOrders(unit: Unit, host: string, events: readonly AgentEvent[]): void {
  for (const event of events) {
    if (event.type === 'order-done' && event.feed === unit.feed.id) {
      unit.feed.orders.answer(host, event.order, event.instances)
    }
  }
}

function takeOne(taking: Taking, event: AgentEvent): void {
  try {
    takeWith(taking, event)
  } catch (error) {
    // One that makes no sense must not keep the others from being taken, now and whenever they are sent again.
    if (!(error instanceof Problem)) throw error
    taking.unit.log.warn({ host: taking.host, event: event.type, reason: error.message }, 'an event is left out')
  }
}

function takeWith(taking: Taking, event: AgentEvent): void {
  const takers: { [T in AgentEvent['type']]: (taking: Taking, event: Of<T>) => void } = TAKERS
  takers[event.type](taking, event as never)
}

const TAKERS = {
  'session-started': (taking: Taking, event: Of<'session-started'>) => {
    const { unit, host } = taking
    const gateway = parseFqdn(event.gateway)
    const { realAddress, serial, at } = event
    const owner = unit.store.gateways.find(gateway)
    // Of a gateway that was removed before its session was told of; a name without its owner means nothing.
    if (owner === undefined) return
    const { user, number, slot } = owner
    const isNew = unit.store.sessions.insert({
      ...keyOf(host, event),
      gateway,
      user,
      number,
      slot,
      serial,
      realAddress,
      startedAt: new Date(at),
    })
    if (!isNew) return
    taking.happenings.push({ ...event, host })
    taking.begun.push({ gateway, serial, at })
  },
  'session-ended': (taking: Taking, event: Of<'session-ended'>) => {
    const { unit, host } = taking
    const key = keyOf(host, event)
    count(unit, key, event)
    const session = unit.store.sessions.find(key)
    if (session === undefined || !unit.store.sessions.end(key, new Date(event.at), event.reason)) return
    taking.happenings.push({ ...event, host, gateway: session.gateway })
  },
  traffic: ({ unit, host }: Taking, event: Of<'traffic'>) => count(unit, keyOf(host, event), event),
  'sessions-present': (taking: Taking, event: Of<'sessions-present'>) => {
    const { unit, host } = taking
    const over = unit.store.sessions.endOthers({ ...event, host }, new Date(event.at), UNSEEN)
    for (const { gateway, instance, cid } of over) {
      taking.happenings.push({ type: 'session-ended', at: event.at, host, instance, cid, gateway, reason: UNSEEN })
    }
  },
  refused: ({ happenings, host }: Taking, event: Of<'refused'>) => void happenings.push({ ...event, host }),
  'routes-repaired': ({ happenings, host }: Taking, event: Of<'routes-repaired'>) =>
    void happenings.push({ ...event, host }),
  'order-done': () => undefined,
}

/** It ended while no agent was there to see it. */
const UNSEEN = 'ended unseen'

function keyOf(host: string, { instance, generation, cid }: Omit<HostSessionKey, 'host'>): HostSessionKey {
  return { host, instance, generation, cid }
}

/** Totals only grow: what is told twice, or late, adds nothing. */
function count(unit: Unit, key: HostSessionKey, told: { at: string; bytesIn: number; bytesOut: number }): void {
  const session = unit.store.sessions.find(key)
  if (session === undefined) return
  const bytesIn = Math.max(session.bytesIn, told.bytesIn)
  const bytesOut = Math.max(session.bytesOut, told.bytesOut)
  const grown = { bytesIn: bytesIn - session.bytesIn, bytesOut: bytesOut - session.bytesOut }
  if (grown.bytesIn === 0 && grown.bytesOut === 0) return
  unit.store.sessions.setBytes(key, { bytesIn, bytesOut })
  unit.store.traffic.add(session.gateway, told.at.slice(0, 10), grown)
  unit.feed.countTraffic(grown)
}
