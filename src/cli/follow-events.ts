import { setTimeout as sleep } from 'node:timers/promises'
import { SECOND_MS } from '../domain/lifetime.ts'
import type { Call } from './command.ts'
import { readBlocks } from './event-stream.ts'
import type { EventView } from './event-text.ts'
import { Unreachable } from './refusal.ts'

type Following = {
  /** How many of those before to begin with. */
  last: number
  /** Ends it. */
  signal: AbortSignal | undefined
  tell: (event: EventView) => void
}

/** A service is back within seconds of its restart. */
const RETRY_MS = SECOND_MS

/**
 * Tells every event from now on. When the service goes away, waits for it and goes on after the last event, as far as it
 * remembers; only the first attempt must succeed.
 * @throws Refusal, Unreachable
 */
export async function followEvents(call: Pick<Call, 'api' | 'complain'>, following: Following): Promise<void> {
  const { signal } = following
  const state: State = { wasThere: false, isLost: false, lastId: undefined }
  for (;;) {
    try {
      await followOnce(call, following, state)
    } catch (error) {
      if (signal?.aborted) return
      // What stands before a service that is being started may answer in its place.
      const isPassing = error instanceof Unreachable && !(error instanceof NoEvent)
      if (!state.wasThere || !isPassing) throw error
    }
    if (!state.isLost) call.complain('the service went away; waiting for it')
    state.isLost = true
    if (await isOver(signal)) return
  }
}

type State = { wasThere: boolean; isLost: boolean; lastId: string | undefined }

async function followOnce(call: Pick<Call, 'api' | 'complain'>, following: Following, state: State): Promise<void> {
  const { last, signal, tell } = following
  const { lastId, wasThere } = state
  const headers: Record<string, string> = lastId === undefined ? {} : { 'last-event-id': lastId }
  const path = !wasThere && last > 0 ? `/events?last=${last}` : '/events'
  const stream = await call.api.stream(path, { headers, signal })
  if (state.isLost) call.complain('the service is back')
  state.wasThere = true
  state.isLost = false
  for await (const { id, data } of readBlocks(stream)) {
    state.lastId = id ?? state.lastId
    if (data !== undefined) tell(parseEvent(data))
  }
}

async function isOver(signal: AbortSignal | undefined): Promise<boolean> {
  await sleep(RETRY_MS, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
  return signal?.aborted === true
}

/** What comes is no event of ours, which waiting does not mend. */
class NoEvent extends Unreachable {}

function parseEvent(data: string): EventView {
  try {
    const event: unknown = JSON.parse(data)
    if (typeof event === 'object' && event !== null) return event as EventView
  } catch {
    // It is said below.
  }
  throw new NoEvent('what answers is not vpnunit: an event is not JSON')
}
