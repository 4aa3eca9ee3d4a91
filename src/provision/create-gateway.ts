import { readCertificateRequest } from '../ca/certificate-request.ts'
import { SLOT_REST_MS } from '../domain/lifetime.ts'
import { type Fqdn, quote, type UserName } from '../domain/names.ts'
import { lowestFree, type Place, SLOTS } from '../domain/plan.ts'
import { Problem } from '../domain/problem.ts'
import type { GatewayRow } from '../store/gateway-rows.ts'
import type { UserRow } from '../store/users.ts'
import type { Unit } from '../unit.ts'
import { type Caller, change, type Step } from './change.ts'
import { type Identity, type KeySource, keepIdentity, makeIdentity } from './identity.ts'
import { knownGateway, knownUser } from './known.ts'

export type WantedGateway = { name: Fqdn; user: UserName; slot?: number | undefined; key: KeySource }

/**
 * Makes a gateway in the user's lowest free slot, or in the one that was asked for, with its certificate.
 * @throws Problem user-unknown, gateway-exists, slot-taken, user-full, bad-csr, authority-ended
 */
export async function createGateway(unit: Unit, caller: Caller, wanted: WantedGateway): Promise<GatewayRow> {
  // A refusal must not cost a key pair; the transaction asks again, because somebody may have been faster.
  checkGateway(unit, wanted)
  const identity = await makeIdentity(unit, wanted.name, wanted.key)
  return change(unit, caller, `/gateway/${wanted.name}`, (step) => insertGateway(unit, step, wanted, identity))
}

/**
 * Whether the gateway could be made now.
 * @throws Problem as createGateway
 */
export function checkGateway(unit: Unit, wanted: WantedGateway): void {
  placeFor(unit, wanted, unit.now())
  if ('csr' in wanted.key) readCertificateRequest(wanted.key.csr, wanted.name)
}

/** Makes the rows of a gateway whose identity is made. Inside a transaction. */
export function insertGateway(unit: Unit, step: Step, wanted: WantedGateway, identity: Identity): GatewayRow {
  const { number, slot } = placeFor(unit, wanted, step.at)
  unit.store.gateways.wakeSlot({ number, slot })
  const id = unit.store.gateways.insert({ name: wanted.name, userNumber: number, slot, createdAt: step.at })
  keepIdentity(unit, id, identity, step.at)
  step.touched.gateways.add(wanted.name)
  step.record('gateway.create', wanted.name, { user: wanted.user, slot, serial: identity.certificate.serial })
  return knownGateway(unit, wanted.name)
}

function placeFor(unit: Unit, { name, user: userName, slot }: WantedGateway, now: Date): Place {
  const user = knownUser(unit, userName)
  if (unit.store.gateways.find(name) !== undefined) {
    throw new Problem('gateway-exists', `There is a gateway ${quote(name)} already.`, { gateway: name })
  }
  const taken = unit.store.gateways.takenSlots(user.number)
  const holder = taken.find((gateway) => gateway.slot === slot)
  if (slot !== undefined && holder !== undefined) {
    throw new Problem('slot-taken', `Slot ${slot} of ${user.name} is ${holder.name}'s.`, { user: user.name, slot })
  }
  return { number: user.number, slot: slot ?? freeSlot(unit, user, new Set(taken.map((other) => other.slot)), now) }
}

/** The lowest slot that neither has a gateway nor rests; when all others are taken, the one that rests longest. */
function freeSlot(unit: Unit, user: UserRow, taken: ReadonlySet<number>, now: Date): number {
  const resting = unit.store.gateways.restingSlots(user.number).filter(({ slot }) => !taken.has(slot))
  const tired = resting.filter(({ since }) => now.getTime() - since.getTime() < SLOT_REST_MS)
  const slot = lowestFree(0, SLOTS - 1, new Set([...taken, ...tired.map((rest) => rest.slot)])) ?? resting.at(0)?.slot
  if (slot === undefined) {
    throw new Problem('user-full', `${user.name} has ${SLOTS} gateways already, one in every slot.`, {
      user: user.name,
    })
  }
  return slot
}
