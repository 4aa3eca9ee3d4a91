import { setTimeout as pause } from 'node:timers/promises'
import type { InstanceReceipt, Order } from '../domain/agent-feed.ts'
import type { Fqdn } from '../domain/names.ts'
import { markEnding } from './end-session.ts'
import { type Host, letGo } from './host.ts'
import type { Link } from './link.ts'

/** A client that is told to restart goes by itself; who has not after this is cut off. */
const LEAVE_MS = 100

/** An instance that can be asked. */
export type Reachable = { readonly number: number; readonly link: Link }

const REASONS = { withdraw: 'the gateway was withdrawn', disconnect: 'it was disconnected' } as const

/**
 * Ends the sessions of an order's gateways on every instance that can be asked, and answers what was found there and what
 * is left by the instance's own account. The routes are taken away at once.
 */
export function carryOut(host: Host, instances: readonly Reachable[], order: Order): Promise<InstanceReceipt[]> {
  // Before anything is waited for, so that nothing else ends them first and nothing is found here.
  const known = order.gateways.flatMap((gateway) => host.sessions.ofGateway(gateway))
  for (const session of known) markEnding(host, session, REASONS[order.kind])
  const receipts = instances.map(async (instance) => {
    const cids = known.filter((session) => session.instance === instance.number).map(({ cid }) => cid)
    try {
      return await carryOutOn(host, instance, order, new Set(cids))
    } catch (error) {
      // An instance that was lost meanwhile is missing in the answer, like one that was not there.
      host.log.warn({ instance: instance.number, order: order.number, reason: String(error) }, 'an order was cut short')
      return undefined
    }
  })
  return Promise.all(receipts).then((all) => all.filter((receipt) => receipt !== undefined))
}

async function carryOutOn(
  host: Host,
  { number: instance, link }: Reachable,
  order: Order,
  cids: Set<number>,
): Promise<InstanceReceipt> {
  const names = new Set<string>(order.gateways)
  const there = (await link.status()).filter((row) => names.has(row.commonName))
  for (const { cid } of there) cids.add(cid)
  for (const cid of cids) letGo(host, link.clientKill(cid))
  if (order.kind === 'disconnect') await cutOff(host, link, await stillThere(link, cids))
  else for (const gateway of order.gateways) letGo(host, link.kill(gateway))
  const left = (await link.status()).filter(({ cid, commonName, pending }) => {
    // A withdrawn one that asks again is refused, and shown for some seconds more.
    const isBack = order.kind === 'withdraw' && names.has(commonName) && !pending
    return cids.has(cid) || isBack
  })
  const ended = cids.size - left.filter(({ cid }) => cids.has(cid)).length
  return { instance, found: cids.size, ended, left: left.length }
}

async function stillThere(link: Link, cids: ReadonlySet<number>): Promise<string[]> {
  if (cids.size === 0) return []
  await pause(LEAVE_MS)
  return (await link.status()).filter(({ cid }) => cids.has(cid)).map(({ commonName }) => commonName)
}

async function cutOff(host: Host, link: Link, names: readonly string[]): Promise<void> {
  for (const name of new Set(names)) letGo(host, link.kill(name as Fqdn))
}
