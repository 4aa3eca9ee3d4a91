import { join } from 'node:path'
import { parsePrefix } from '../domain/prefix.ts'
import { addLink, addNamespace, type Namespace } from '../e2e/lab/namespaces.ts'
import { buildPacket, type PacketFacts } from '../e2e/lab/packet.ts'
import type { Owner } from '../e2e/lab/undo.ts'
import type { Connected } from '../render/ruleset-input.ts'

const BLAST = join(import.meta.dirname, 'blast.py')
const ROUTER = 'fe80::1'
const OUTSIDE = parsePrefix('2a00::9/128').address

/** Of the policy's rules for UDP, the first takes this one. */
const PORT = 1300
const FLOWS = 64
const NEW_FLOWS = 6000

/** A host that forwards between gateways and the Internet, and the far ends of its cables. */
export class TrafficHost {
  readonly host: Namespace
  readonly #wire: Namespace

  private constructor(host: Namespace, wire: Namespace) {
    this.host = host
    this.#wire = wire
  }

  static async make(owner: Owner): Promise<TrafficHost> {
    const host = await addNamespace(owner, 'fw')
    const wire = await addNamespace(owner, 'wire')
    await wire.run('sysctl', ['-qw', 'net.ipv6.conf.default.disable_ipv6=1'])
    await host.forward()
    const made = new TrafficHost(host, wire)
    for (const device of ['tun0', 'out']) {
      await addLink(host, device, wire, `far-${device}`)
      const far = await made.#addressOf(wire, `far-${device}`)
      await host.ip6(`neigh replace ${ROUTER} lladdr ${far} dev ${device} nud permanent`)
    }
    await host.ip6(`route add default via ${ROUTER} dev out`, `route add 2001:db8::/48 via ${ROUTER} dev tun0`)
    return made
  }

  /** Thousands of packets a second from gateways to the Internet, in flows that have been answered. */
  async established(connected: readonly Connected[], times: number): Promise<number> {
    const flows = this.#flows(connected, FLOWS)
    await this.#blast('tun0', flows, 1)
    const answers = flows.map((one) => ({
      ...one,
      from: one.to,
      to: one.from,
      sourcePort: one.port,
      port: one.sourcePort,
    }))
    await this.#blast('out', answers, 1)
    return this.#measure(flows, times)
  }

  /** The same with flows of which each is new. */
  async opening(connected: readonly Connected[]): Promise<number> {
    await this.host.run('conntrack', ['-F'])
    return this.#measure(this.#flows(connected, NEW_FLOWS), 1)
  }

  /** Opens new flows, that the kernel then follows: how many. */
  async follow(connected: readonly Connected[]): Promise<number> {
    await this.opening(connected)
    return NEW_FLOWS
  }

  #flows(connected: readonly Connected[], count: number): PacketFacts[] {
    return Array.from({ length: count }, (_, number) => {
      const gateway = connected[(number * 7919) % connected.length]
      if (gateway === undefined) throw new Error('nobody is connected')
      const ends = { from: gateway.prefix.address | 5n, to: OUTSIDE, sourcePort: 1024 + number, port: PORT }
      return { ...ends, kind: 'udp', type: 0, isAnswer: false, number }
    })
  }

  async #measure(flows: PacketFacts[], times: number): Promise<number> {
    const before = await this.#arrived()
    const seconds = await this.#blast('tun0', flows, times)
    const [sent, arrived] = [flows.length * times, (await this.#arrived()) - before]
    if (arrived < sent) throw new Error(`${sent} packets were sent, and ${arrived} came out`)
    return sent / seconds / 1000
  }

  async #blast(device: string, flows: PacketFacts[], times: number): Promise<number> {
    const input = flows.map((facts) => `${buildPacket(facts).toString('hex')}\n`).join('')
    const mac = await this.#addressOf(this.host, device)
    return Number(await this.#wire.run('python3', [BLAST, `far-${device}`, mac, String(times)], { input }))
  }

  async #arrived(): Promise<number> {
    return Number(await this.#wire.run('cat', ['/sys/class/net/far-out/statistics/rx_packets']))
  }

  async #addressOf(namespace: Namespace, device: string): Promise<string> {
    return (await namespace.run('cat', [`/sys/class/net/${device}/address`])).trim()
  }
}
