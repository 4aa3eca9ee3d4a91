import type { HostReport } from '../domain/agent-feed.ts'
import { formatTime } from '../domain/lifetime.ts'
import { quote } from '../domain/names.ts'
import { Problem } from '../domain/problem.ts'
import type { Unit } from '../unit.ts'
import { type Caller, change } from './change.ts'

/** Makes a host known that asks for the first time: what is ordered from then on is for it too. */
export async function meetHost(unit: Unit, name: string): Promise<void> {
  if (unit.store.hosts.find(name) !== undefined) return
  await unit.store.write(() => unit.store.hosts.meet(name, unit.now()))
}

/** Keeps what a host says of itself. It raises no revision: the agents would otherwise wake one another for ever. */
export async function reportHost(unit: Unit, name: string, report: HostReport): Promise<void> {
  const isNew = (unit.store.hosts.find(name)?.report ?? null) === null
  unit.feed.presence.seen(name)
  await unit.store.write(() => unit.store.hosts.report(name, unit.now(), report))
  if (isNew) unit.feed.events.add({ type: 'host-seen', at: formatTime(unit.now()), host: name })
}

const REMOVED = 'host removed'

/**
 * Forgets a host that is no more, and ends what it left of sessions. One that lives makes itself known again.
 * @throws Problem host-unknown
 */
export async function forgetHost(unit: Unit, caller: Caller, name: string): Promise<void> {
  const over = await change(unit, caller, '/hosts', (step) => {
    if (!unit.store.hosts.remove(name)) throw new Problem('host-unknown', `There is no VPN host ${quote(name)}.`)
    step.record('host.delete', name)
    return unit.store.sessions.endOfHost(name, step.at, REMOVED)
  })
  for (const { gateway, instance, cid } of over) {
    const at = formatTime(unit.now())
    unit.feed.events.add({ type: 'session-ended', at, host: name, instance, cid, gateway, reason: REMOVED })
  }
  unit.publisher.sessionsChanged(over.map(({ gateway }) => gateway))
  unit.feed.presence.forget(name)
}
