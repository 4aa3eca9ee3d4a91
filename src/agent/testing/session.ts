import type { Session } from '../sessions.ts'
import { GATEWAY, SERIAL } from './feed.ts'

export function session(more: Partial<Session> = {}): Session {
  return {
    instance: 0,
    generation: '13942.1795261180',
    cid: 0,
    gateway: GATEWAY,
    serial: SERIAL,
    realAddress: '127.0.0.1:52395',
    address: '2001:470:c844:20f::1',
    phase: 'established',
    startedAt: '2026-11-21T11:39:40Z',
    ending: undefined,
    bytesIn: 0,
    bytesOut: 0,
    rank: 0,
    ...more,
  }
}
