import { MINUTE_MS } from '../domain/lifetime.ts'
import { forgetHistory } from '../provision/forget-history.ts'
import { refreshCrl } from '../provision/refresh-crl.ts'
import { renewServer } from '../provision/renew-server.ts'
import type { Unit } from '../unit.ts'

/** What must happen although nobody asks: each looks whether it is due, and does nothing otherwise. */
const CHORES = {
  'refresh the revocation list': refreshCrl,
  'renew the server’s certificate': renewServer,
  'forget old sessions': forgetHistory,
  'write when tokens were last used': writeTokenUses,
}

/**
 * Does what falls due by the clock. Looked at every minute, not scheduled for a date: so it also comes right after the
 * clock was set, or the machine slept. Returns how to stop, which waits for a chore under way.
 */
export function keepHouse(unit: Unit, everyMs = MINUTE_MS): () => Promise<void> {
  let round = Promise.resolve()
  const timer = setInterval(() => {
    round = round.then(() => doChores(unit))
  }, everyMs)
  return () => {
    clearInterval(timer)
    return round
  }
}

async function doChores(unit: Unit): Promise<void> {
  await probeStorage(unit)
  for (const [name, chore] of Object.entries(CHORES)) {
    try {
      if (await chore(unit)) unit.log.info(`did ${name}`)
    } catch (error) {
      unit.log.error({ err: error }, `could not ${name}; it is tried again in a minute`)
    }
  }
}

/** It happens every minute in which a token is used, and is nothing to talk about. */
async function writeTokenUses(unit: Unit): Promise<boolean> {
  await unit.store.tokenUses.flush()
  return false
}

/** After a change could not be kept, finds out by itself when there is room again, so that health need not be asked to. */
async function probeStorage(unit: Unit): Promise<void> {
  if (unit.store.fault() === undefined) return
  await unit.store.write(() => unit.store.site.touch()).catch(() => undefined)
}
