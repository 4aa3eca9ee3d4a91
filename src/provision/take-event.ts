import type { AgentEvent } from '../domain/agent-feed.ts'
import { MINUTE_MS } from '../domain/lifetime.ts'
import { type Fqdn, parseFqdn } from '../domain/names.ts'
import { Problem } from '../domain/problem.ts'
import type { Happening } from '../feed/event-log.ts'
import type { HostSessionKey } from '../store/sessions.ts'
import type { Unit } from '../unit.ts'

type Bytes = { bytesIn: number; bytesOut: number }

/** The work of one batch, inside its transaction, and what is left to be done when that is committed. */
export type Taking = {
  unit: Unit
  host: string
  happenings: Happening[]
  begun: { key: HostSessionKey; gateway: Fqdn; serial: string | null }[]
  /** The gateways whose sessions began or ended. */
  moved: Set<Fqdn>
  carried: Bytes
}

type Of<T extends AgentEvent['type']> = Extract<AgentEvent, { type: T }>

/** Takes one event. One that was taken before changes nothing. */
export function takeEvent(taking: Taking, event: AgentEvent): void {
  try {
    takeWith(taking, event)
  } catch (error) {
    // One that makes no sense must not keep the others from being taken, now and whenever they are sent again.
    if (!(error instanceof Problem)) throw error
    taking.unit.log.warn({ host: taking.host, event: event.type, reason: error.message }, 'an event is left out')
  }
}

/** A host's clock may be ahead by so much. What is to begin some day must not count as the newest until then. */
const AHEAD_MS = 5 * MINUTE_MS

function timeOf({ now }: Unit, at: string): Date {
  return new Date(Math.min(Date.parse(at), now().getTime() + AHEAD_MS))
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
    const key = keyOf(host, event)
    const isNew = unit.store.sessions.insert({
      ...key,
      gateway,
      user,
      number,
      slot,
      serial,
      realAddress,
      startedAt: timeOf(unit, at),
    })
    if (!isNew) return
    taking.happenings.push({ ...event, host })
    taking.begun.push({ key, gateway, serial })
    taking.moved.add(gateway)
  },
  'session-ended': (taking: Taking, event: Of<'session-ended'>) => {
    const { unit, host } = taking
    const key = keyOf(host, event)
    count(taking, key, event)
    const session = unit.store.sessions.find(key)
    if (session === undefined || !unit.store.sessions.end(key, timeOf(unit, event.at), event.reason)) return
    taking.happenings.push({ ...event, host, gateway: session.gateway })
    taking.moved.add(session.gateway)
  },
  traffic: (taking: Taking, event: Of<'traffic'>) => count(taking, keyOf(taking.host, event), event),
  'sessions-present': (taking: Taking, event: Of<'sessions-present'>) => {
    const { unit, host } = taking
    const over = unit.store.sessions.endOthers({ ...event, host }, timeOf(unit, event.at), UNSEEN)
    for (const { gateway, instance, cid } of over) {
      taking.moved.add(gateway)
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
function count({ unit, carried }: Taking, key: HostSessionKey, told: { at: string } & Bytes): void {
  const session = unit.store.sessions.find(key)
  if (session === undefined) return
  const bytesIn = Math.max(session.bytesIn, told.bytesIn)
  const bytesOut = Math.max(session.bytesOut, told.bytesOut)
  const grown = { bytesIn: bytesIn - session.bytesIn, bytesOut: bytesOut - session.bytesOut }
  if (grown.bytesIn === 0 && grown.bytesOut === 0) return
  unit.store.sessions.setBytes(key, { bytesIn, bytesOut })
  unit.store.traffic.add(session.gateway, told.at.slice(0, 10), grown)
  carried.bytesIn += grown.bytesIn
  carried.bytesOut += grown.bytesOut
}
