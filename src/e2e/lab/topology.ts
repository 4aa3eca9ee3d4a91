import { addLink, addNamespace, type Namespace } from './namespaces.ts'
import type { Owner } from './undo.ts'
import { until } from './until.ts'

/** The name in every profile. Which address it has differs from gateway to gateway. */
export const SERVER_NAME = 'vpn.example.org'

export const OUTSIDE = '2001:db8:0:1::10'

const SERVER_IPV4 = '10.99.0.1'

/** Inside 2000::/3, which gateways are pushed: without its own host route OpenVPN would cut its own branch. */
const SERVER_IPV6 = '2001:db8:99::1'

const ROUTER = 'fe80::1'

export type Site = { gateway: Namespace; host: Namespace; hostAddress: string }

/**
 * The network of a small VPN: a server that routes, an outside host behind it, and gateways that reach the server by
 * IPv4 or by IPv6, each with a LAN behind it.
 */
export class Topology {
  readonly server: Namespace
  readonly outside: Namespace
  readonly #owner: Owner
  #guests = 0

  private constructor(owner: Owner, server: Namespace, outside: Namespace) {
    this.#owner = owner
    this.server = server
    this.outside = outside
  }

  static async make(owner: Owner): Promise<Topology> {
    const server = await addNamespace(owner, 'server')
    const outside = await addNamespace(owner, 'outside')
    await server.forward()
    await addLink(server, 'out', outside, 'eth0')
    await server.ip('addr add 2001:db8:0:1::1/64 dev out', `addr add ${SERVER_IPV6}/128 dev lo`)
    await server.ip(`addr add ${SERVER_IPV4}/32 dev lo`)
    await outside.ip(`addr add ${OUTSIDE}/64 dev eth0`, 'route add default via 2001:db8:0:1::1')
    return new Topology(owner, server, outside)
  }

  /** A machine in the Internet: its way to the server is its default route. */
  async addGuest(family: 4 | 6): Promise<Namespace> {
    const number = ++this.#guests
    const [cable, own] = [`guest${number}`, family === 4 ? `10.99.${number}.2/32` : `2001:db8:98:${number}::2/128`]
    const address = family === 4 ? SERVER_IPV4 : SERVER_IPV6
    const guest = await addNamespace(this.#owner, cable, { [SERVER_NAME]: address })
    await addLink(this.server, cable, guest, 'wan')
    // The server has one address of each family and no other to answer from, as OpenVPN wants it.
    await this.server.ip(`addr add ${ROUTER}/64 dev ${cable}`, `route add ${own} dev ${cable} src ${address}`)
    await guest.ip(`addr add ${own} dev wan${family === 4 ? '' : ''}`)
    if (family === 4) await guest.ip(`route add default via ${address} dev wan onlink`)
    else await guest.ip6(`route add default via ${ROUTER} dev wan`)
    return guest
  }

  /** A gateway with a LAN behind it: network 0 of its prefix, with one host. */
  async addSite(family: 4 | 6, prefix: string): Promise<Site> {
    const gateway = await this.addGuest(family)
    const host = await addNamespace(this.#owner, `host${this.#guests}`)
    await gateway.forward()
    await addLink(gateway, 'lan', host, 'eth0')
    const net = prefix.replace(/\/60$/, '')
    await gateway.ip(`addr add ${net}1/64 dev lan`)
    await host.ip(`addr add ${net}10/64 dev eth0`, `route add default via ${net}1`)
    return { gateway, host, hostAddress: `${net}10` }
  }
}

const REACH_MS = 20_000

export async function isReached(from: Namespace, address: string): Promise<boolean> {
  return (await from.exec('ping', ['-6', '-n', '-c', '1', '-W', '1', address])).code === 0
}

/** Waits until a host gets an answer from an address. */
export async function ping(from: Namespace, address: string): Promise<void> {
  await until(`${from.name} reaches ${address}`, REACH_MS, () => isReached(from, address))
}

/** Waits until a host is told at once that there is no way to an address: silence would not do. */
export async function isRefusedAtOnce(from: Namespace, address: string): Promise<void> {
  await until(`${from.name} is told that ${address} cannot be reached`, REACH_MS, async () => {
    const answer = await from.exec('ping', ['-6', '-n', '-c', '1', '-w', '1', address])
    return /Destination unreachable/.test(answer.stdout)
  })
}
