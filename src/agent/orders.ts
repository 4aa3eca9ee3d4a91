import { setTimeout as pause } from 'node:timers/promises'
import type { InstanceReceipt, Order } from '../domain/agent-feed.ts'
import { LEAVE_MS, markEnding } from './end-session.ts'
import { type Host, letGo } from './host.ts'
import type { Link } from './link.ts'

/** An instance as it can be asked: without a link it can't be, and when it is gone there is nothing to ask for. */
export type Askable = { readonly number: number; readonly link: Link | undefined; readonly isGone: boolean }

/** What was found, and the instances that may have sessions and could not be asked. */
export type Outcome = { instances: InstanceReceipt[]; notAsked: number[] }

const REASONS = { withdraw: 'the gateway was withdrawn', disconnect: 'it was disconnected' } as const

/**
 * Ends the sessions of an order's gateways on every instance that can be asked, and answers what was found there and what
 * is left by the instance's own account. The routes are taken away at once.
 */
export async function carryOut(host: Host, instances: readonly Askable[], order: Order): Promise<Outcome> {
  // Before anything is waited for, so that nothing else ends them first and nothing is found here.
  const known = order.gateways.flatMap((gateway) => host.sessions.ofGateway(gateway))
  for (const session of known) markEnding(host, session, REASONS[order.kind])
  const asked = instances.map(async ({ number, link, isGone }) => {
    if (link === undefined) return isGone ? { instance: number, found: 0, ended: 0, left: 0 } : undefined
    const cids = known.filter((session) => session.instance === number).map(({ cid }) => cid)
    try {
      return await carryOutOn(host, { number, link }, order, new Set(cids))
    } catch (error) {
      host.log.warn({ instance: number, order: order.number, reason: String(error) }, 'an order was cut short')
      return undefined
    }
  })
  const receipts = await Promise.all(asked)
  return {
    instances: receipts.filter((receipt) => receipt !== undefined),
    notAsked: instances.filter((_, index) => receipts[index] === undefined).map(({ number }) => number),
  }
}

async function carryOutOn(
  host: Host,
  { number: instance, link }: { number: number; link: Link },
  order: Order,
  cids: Set<number>,
): Promise<InstanceReceipt> {
  const meant = new Set<string>(order.gateways)
  const there = (await link.status()).filter((row) => meant.has(row.commonName))
  for (const { cid } of there) cids.add(cid)
  for (const cid of cids) letGo(host, link.clientKill(cid))
  if (cids.size > 0) await pause(LEAVE_MS)
  // Who may come back is not to be hit when it already has.
  const names = order.kind === 'withdraw' ? order.gateways : await stillThere(link, cids)
  for (const name of names) letGo(host, link.kill(name))
  const left = (await link.status()).filter(({ cid, commonName, pending }) => {
    // A withdrawn one that asks again is refused, and shown for some seconds more.
    const isBack = order.kind === 'withdraw' && meant.has(commonName) && !pending
    return cids.has(cid) || isBack
  })
  const ended = cids.size - left.filter(({ cid }) => cids.has(cid)).length
  return { instance, found: cids.size, ended, left: left.length }
}

async function stillThere(link: Link, cids: ReadonlySet<number>): Promise<Set<string>> {
  if (cids.size === 0) return new Set()
  const rows = await link.status()
  return new Set(rows.filter(({ cid }) => cids.has(cid)).map(({ commonName }) => commonName))
}
