import { DAY_MS } from '../domain/lifetime.ts'
import type { Unit } from '../unit.ts'

/** When a unit last looked: once an hour is often enough for what is counted in days. */
const lookedAtMs = new WeakMap<Unit, number>()

const LOOK_MS = DAY_MS / 24

/** Forgets sessions that ended, and traffic, from before VPNUNIT_SESSION_DAYS. Says whether there was any. */
export async function forgetHistory(unit: Unit): Promise<boolean> {
  const nowMs = unit.now().getTime()
  const last = lookedAtMs.get(unit)
  if (last !== undefined && Math.abs(nowMs - last) < LOOK_MS) return false
  lookedAtMs.set(unit, nowMs)
  const before = new Date(nowMs - unit.config.sessionDays * DAY_MS)
  const forgotten = await unit.store.write(
    () => unit.store.sessions.forget(before) + unit.store.traffic.forget(before.toISOString().slice(0, 10)),
  )
  return forgotten > 0
}
