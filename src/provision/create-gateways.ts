import { setImmediate as nextTurn } from 'node:timers/promises'
import type { GatewayRow } from '../store/gateway-rows.ts'
import type { Unit } from '../unit.ts'
import { type Caller, change } from './change.ts'
import { checkGateway, insertGateway, type WantedGateway } from './create-gateway.ts'
import { type Identity, makeIdentity } from './identity.ts'
import { forEachItem } from './items.ts'

/** How many key pairs are made before others get their turn: ten take about two milliseconds. */
const TURN = 10

/**
 * Makes several gateways, all or none, with one commit and one publish.
 * @throws Problem items-refused, naming each item that can't be made, and why
 */
export async function createGateways(
  unit: Unit,
  caller: Caller,
  wanted: readonly WantedGateway[],
): Promise<GatewayRow[]> {
  forEachItem(wanted, (one) => checkGateway(unit, one))
  const identities = await makeIdentities(unit, wanted)
  return change(unit, caller, '/gateways', (step) =>
    forEachItem(identities, ({ one, identity }) => insertGateway(unit, step, one, identity)),
  )
}

async function makeIdentities(
  unit: Unit,
  wanted: readonly WantedGateway[],
): Promise<{ one: WantedGateway; identity: Identity }[]> {
  const made: { one: WantedGateway; identity: Identity }[] = []
  for (const [index, one] of wanted.entries()) {
    if (index % TURN === TURN - 1) await nextTurn()
    made.push({ one, identity: await makeIdentity(unit, one.name, one.key) })
  }
  return made
}
