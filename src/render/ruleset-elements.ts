import type { GroupName } from '../domain/names.ts'
import { formatAddress } from '../domain/prefix.ts'
import { combinationChains } from './ruleset-groups.ts'
import type { Connected, RulesetInput } from './ruleset-input.ts'
import { askedGroups, gatewayChain } from './ruleset-names.ts'

/** What a connected gateway is in the table: an element of each set and map, or none. */
export type Elements = {
  readonly onlink: string
  readonly self: string
  readonly from: string | undefined
  readonly to: string | undefined
}

export const ELEMENT_NAMES = ['onlink', 'self', 'from', 'to'] as const

/** What is known of those groups that a gateway is in: for many gateways it is the same. */
type Asked = { readonly groups: GroupName[]; readonly from: string | undefined; readonly to: string | undefined }

/** Makes elements for the policy of an input. */
export class ElementMaker {
  readonly #known: ReadonlySet<GroupName>
  readonly #asked = new Map<string, Asked>()

  constructor({ policy }: Pick<RulesetInput, 'policy'>) {
    this.#known = new Set(policy.groups.map(({ name }) => name))
  }

  ask(groups: readonly GroupName[]): Asked {
    const key = groups.join()
    let asked = this.#asked.get(key)
    if (asked === undefined) {
      const names = askedGroups(groups, this.#known)
      asked = { groups: names, from: gatewayChain(names, 'from'), to: gatewayChain(names, 'to') }
      this.#asked.set(key, asked)
    }
    return asked
  }

  elementsOf({ prefix, device, groups }: Connected): Elements {
    const key = formatAddress(prefix.address)
    const { from, to } = this.ask(groups)
    return {
      onlink: `${quotedDevice(device)} . ${key}`,
      self: `${key} . ${key}`,
      from: from && `${key} : jump ${from}`,
      to: to && `${key} : jump ${to}`,
    }
  }
}

/** A device's name between quotes, where nothing in it can be more than that. */
export function quotedDevice(device: string): string {
  if (!/^[A-Za-z][A-Za-z0-9._-]{0,14}$/.test(device)) throw new Error(`${JSON.stringify(device)} is no tunnel’s device`)
  return `"${device}"`
}

/** What a change of one gateway is made of. */
type Policed = Pick<RulesetInput, 'policy' | 'connected'>

/**
 * What `nft -f` reads when a gateway has connected: one transaction, and the same again changes nothing. Where `input`
 * has the gateway already, on another device or in other groups, its old elements go in the same step.
 */
export function renderConnect(input: Policed, gateway: Connected): string {
  const maker = new ElementMaker(input)
  const old = input.connected.find(({ prefix }) => prefix.address === gateway.prefix.address)
  const chains = combinationChains(maker.ask(gateway.groups).groups).flatMap(([chain, rules]) => [
    `add chain inet vpnunit ${chain}`,
    // A chain that is there already would have its rules twice.
    `flush chain inet vpnunit ${chain}`,
    ...ruleLines(chain, rules),
  ])
  const gone = old === undefined ? [] : removal(maker, old)
  return lines([...gone, ...chains, ...changes('add', maker.elementsOf(gateway))])
}

/**
 * What `nft -f` reads when a gateway has gone; its elements may be gone already. The chain of its combination of groups
 * stays until the table is replaced: others may be in it.
 */
export function renderDisconnect(input: Pick<Policed, 'policy'>, gateway: Connected): string {
  return lines(removal(new ElementMaker(input), gateway))
}

/** nftables 1.0.6 has no removal that may find nothing, so what is removed is made sure of before. */
function removal(maker: ElementMaker, gateway: Connected): string[] {
  const elements = maker.elementsOf(gateway)
  const chains = combinationChains(maker.ask(gateway.groups).groups).map(([chain]) => `add chain inet vpnunit ${chain}`)
  return [...chains, ...changes('add', elements), ...changes('delete', elements)]
}

function changes(verb: 'add' | 'delete', elements: Elements): string[] {
  return ELEMENT_NAMES.flatMap((name) => {
    const element = elements[name]
    return element === undefined ? [] : [elementLine(verb, name, element)]
  })
}

export function elementLine(verb: 'add' | 'delete', set: string, element: string): string {
  return `${verb} element inet vpnunit ${set} { ${element} }`
}

export function ruleLines(chain: string, rules: readonly string[]): string[] {
  return rules.map((rule) => `add rule inet vpnunit ${chain} ${rule}`)
}

export function lines(commands: readonly string[]): string {
  return commands.map((command) => `${command}\n`).join('')
}
