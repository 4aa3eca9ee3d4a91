import { FIRST_USER, gatewayPrefix, instanceAddress, instanceNetwork, lastUser } from '../../domain/plan.ts'
import { decide } from '../../domain/policy/decide.ts'
import type { Flow } from '../../domain/policy/match.ts'
import { type Endpoint, gatewayAt, ownBlock, type World } from '../../domain/policy/world.ts'
import { parsePrefix } from '../../domain/prefix.ts'
import type { Chance } from './chance.ts'
import type { Way } from './firewall-host.ts'
import type { PacketFacts, PacketKind } from './packet.ts'
import { INTERNET, PORTS, randomAddress, type Scene } from './random-policy.ts'

/** The host's address in the Internet. */
export const HOST_OUTSIDE = parsePrefix('2a00:9::1/128').address

/** An end of a case: what the model is asked, the address of the packets, and where they come from. */
type Place = { end: Endpoint; address: bigint; by: Way; isThere: boolean }

export type Case = { flow: Flow; facts: PacketFacts; by: Way; expected: string; answerBy: Way; canAnswer: boolean }

/** A connection to be opened somewhere, and what the model says of it. */
export function randomCase(chance: Chance, scene: Scene, number: number): Case {
  const [from, to] = [randomPlace(chance, scene), randomPlace(chance, scene)]
  // Most come from where they belong.
  const by = from.by !== 'host' && chance.oneIn(8) ? chance.pick(['tun0', 'tun1', 'out'] as const) : from.by
  const kind = chance.pick<PacketKind>(['tcp', 'udp', 'icmpv6'])
  const [port, type] = [chance.pick(PORTS), chance.pick([128, 128, 128, 1, 2, 3, 4])]
  const flow = { from: from.end, to: to.end, protocol: kind, port, icmpType: type }
  const facts = {
    from: from.address,
    to: to.address,
    kind,
    sourcePort: 1024 + (number % 60000),
    port,
    type,
    isAnswer: false,
    number,
  }
  const isForged = by !== from.by || !from.isThere
  const { verdict, because } = isForged
    ? { verdict: 'deny', because: 'spoof' }
    : decide(scene.policy, scene.world, flow)
  // The host answers by itself, and what two ends on one way say to each other is no matter of ours.
  const canAnswer = to.by !== 'host' && to.isThere && !isForged && (kind !== 'icmpv6' || type === 128)
  return { flow, facts, by, expected: `${verdict} ${because}`, answerBy: to.by, canAnswer }
}

function randomPlace(chance: Chance, scene: Scene): Place {
  const { world, deviceOf } = scene
  const kind = chance.oneIn(3) ? chance.pick(['internet', 'host', 'own', 'nobody'] as const) : 'gateway'
  if (kind === 'host') {
    const address = chance.oneIn(2) ? HOST_OUTSIDE : instanceAddress(world.plan, 0)
    const end: Endpoint = address === HOST_OUTSIDE ? { kind: 'host' } : { kind: 'address', address }
    return { end, address, by: 'host', isThere: true }
  }
  if (kind === 'nobody') return placeOfNobody(chance, world)
  if (kind !== 'gateway') {
    const address = randomAddress(chance, kind === 'own' ? ownBlock(world.plan) : chance.pick(INTERNET))
    return { end: { kind: 'address', address }, address, by: 'out', isThere: true }
  }
  const gateway = chance.pick([...world.gateways.values()])
  const address = randomAddress(chance, gatewayPrefix(world.plan, gateway))
  return { end: { kind: 'address', address }, address, by: deviceOf.get(gateway) ?? 'tun0', isThere: true }
}

/** Behind the VPN, and of no gateway. */
function placeOfNobody(chance: Chance, world: World): Place {
  for (;;) {
    const number = FIRST_USER + chance.below(lastUser(world.plan) - FIRST_USER + 1)
    const gateway = chance.oneIn(2) ? chance.pick([...world.gateways.values()]).number : number
    const prefix = chance.oneIn(6)
      ? instanceNetwork(world.plan, 0)
      : gatewayPrefix(world.plan, { number: gateway, slot: chance.below(16) })
    const address = randomAddress(chance, prefix)
    if (gatewayAt(world, address) !== undefined) continue
    return { end: { kind: 'address', address }, address, by: chance.pick(['tun0', 'out']), isThere: false }
  }
}

/** What answers a case: it must pass where the case did, and otherwise it is a connection of its own. */
export function answerOf({ policy, world }: Scene, { flow, facts }: Case, number: number, wasOpened: boolean) {
  const reversed = { from: facts.to, to: facts.from, port: facts.sourcePort, sourcePort: facts.port }
  const isEcho = facts.kind === 'icmpv6'
  const answer = {
    ...facts,
    ...reversed,
    ...(isEcho && { port: facts.port, sourcePort: facts.sourcePort, type: 129 }),
    isAnswer: true,
    number,
  }
  const asNew = decide(policy, world, { ...flow, from: flow.to, to: flow.from, port: facts.sourcePort, icmpType: 129 })
  return { facts: answer, expected: wasOpened ? 'allow answer' : `${asNew.verdict} ${asNew.because}` }
}
