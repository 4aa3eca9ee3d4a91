import { Secret } from '../../../domain/secret.ts'
import type { ManagementEnv } from '../env.ts'
import type { ClientEvent, Lost } from '../events.ts'
import { parseCount, splitFields } from './fields.ts'

/** The first line of a notification that goes on with its environment. */
export type Opening<Event> = { lost: Lost; complete: (env: ManagementEnv) => Event }

/** `>CLIENT:ADDRESS,cid,address,1`: one line, no environment. */
export function parseClientAddress(text: string): ClientEvent | undefined {
  const [, digits, address, primary] = splitFields(text, 4)
  const cid = parseCount(digits)
  if (cid === undefined || address === undefined || (primary !== '0' && primary !== '1')) return undefined
  return { type: 'CLIENT:ADDRESS', cid, address, primary: primary === '1' }
}

/** What stands after `>CLIENT:` in the first line of every other notification. */
export function openClient(text: string): Opening<ClientEvent> | undefined {
  const [kind = '', ...numbers] = splitFields(text, 4)
  const [cid, kid] = numbers.map(parseCount)
  if (cid === undefined) return undefined
  const complete = completeClient(kind, cid, kid, numbers)
  return complete && { lost: { source: 'CLIENT', kind, cid, kid }, complete }
}

function completeClient(
  kind: string,
  cid: number,
  kid: number | undefined,
  { 2: response, length }: readonly string[],
): Opening<ClientEvent>['complete'] | undefined {
  if (kind === 'ESTABLISHED' || kind === 'DISCONNECT') {
    return length === 1 ? (env) => ({ type: `CLIENT:${kind}`, cid, env }) : undefined
  }
  if (kid === undefined) return undefined
  if (kind === 'CONNECT' || kind === 'REAUTH') {
    return length === 2 ? (env) => ({ type: `CLIENT:${kind}`, cid, kid, env }) : undefined
  }
  if (kind !== 'CR_RESPONSE' || response === undefined) return undefined
  return (env) => ({ type: 'CLIENT:CR_RESPONSE', cid, kid, response: new Secret(response), env })
}
