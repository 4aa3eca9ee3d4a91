import type { AgentEvent, EventBatch } from '../../domain/agent-feed.ts'
import type { Outbox } from '../outbox.ts'

const KEY = { instance: 0, generation: '1.1' }

export function traffic(cid: number, bytes: number, at = '2026-11-21T11:39:40Z'): AgentEvent {
  return { type: 'traffic', at, ...KEY, cid, bytesIn: bytes, bytesOut: bytes }
}

export function ended(cid: number): AgentEvent {
  return { type: 'session-ended', at: '2026-11-21T11:39:50Z', ...KEY, cid, bytesIn: 1, bytesOut: 2, reason: 'it left' }
}

/** What an outbox that is not empty would send. */
export function batchOf(outbox: Outbox, most: number): EventBatch {
  const batch = outbox.batch('vpn1', most)
  if (batch === undefined) throw new Error('the outbox is empty')
  return batch
}
