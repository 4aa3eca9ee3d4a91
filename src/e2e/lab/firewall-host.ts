import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { addLink, addNamespace, type Namespace } from './namespaces.ts'
import { buildPacket, numberOf, type PacketFacts } from './packet.ts'
import { type Owner, undoAtEnd } from './undo.ts'

/** The devices of a VPN host: two tunnels and the way to the Internet. */
export const DEVICES = ['tun0', 'tun1', 'out'] as const

/** Where a packet enters: from a device, or from the host itself. */
export type Way = (typeof DEVICES)[number] | 'host'

export type Sent = { facts: PacketFacts; by: Way }

const ROUTER = 'fe80::1'
const WIRE = join(import.meta.dirname, 'wire.py')

/** A VPN host with cables in the place of tunnels, on whose far ends packets of any kind are sent and seen. */
export class FirewallHost {
  readonly namespace: Namespace
  readonly #input: NodeJS.WritableStream
  readonly #answers: AsyncIterator<string>

  private constructor(namespace: Namespace, input: NodeJS.WritableStream, output: Interface) {
    this.namespace = namespace
    this.#input = input
    this.#answers = output[Symbol.asyncIterator]()
  }

  static async make(owner: Owner): Promise<FirewallHost> {
    const host = await addNamespace(owner, 'fw')
    const wire = await addNamespace(owner, 'wire')
    await wire.run('sysctl', ['-qw', 'net.ipv6.conf.default.disable_ipv6=1'])
    await host.forward()
    const cables: string[] = []
    for (const device of DEVICES) {
      await addLink(host, device, wire, `far-${device}`)
      const far = await addressOf(wire, `far-${device}`)
      await host.ip6(`neigh replace ${ROUTER} lladdr ${far} dev ${device} nud permanent`)
      cables.push(`far-${device}=${await addressOf(host, device)}`)
    }
    const [file, args] = wire.command('python3', ['-u', WIRE, `/run/netns/${host.name}`, ...cables])
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    const kill = () => void child.kill('SIGKILL')
    const end = async () => {
      if (child.exitCode !== null) return
      kill()
      await once(child, 'exit')
    }
    undoAtEnd(owner, end, kill)
    return new FirewallHost(host, child.stdin, createInterface({ input: child.stdout }))
  }

  /** Replaces the routes of the main table, but for those of the devices themselves. */
  async route(routes: readonly { to: string; by: string }[]): Promise<void> {
    const lines = routes.map(({ to, by }) => `route add ${to} via ${ROUTER} dev ${by} proto 118`)
    await this.namespace.ip6('route flush proto 118', ...lines)
  }

  async load(ruleset: string): Promise<void> {
    await this.namespace.run('nft', ['-f', '-'], { input: ruleset })
  }

  /**
   * Sends packets and answers which came out, by their numbers. The last one must be one that nothing stops.
   * @throws Error when that one does not come out
   */
  async send(packets: readonly Sent[]): Promise<Set<number>> {
    const byNumber = new Map(packets.map(({ facts }) => [facts.number, facts]))
    const frames = packets.map(({ facts, by }) => [
      by === 'host' ? by : `far-${by}`,
      buildPacket(facts).toString('hex'),
    ])
    this.#input.write(`${JSON.stringify({ packets: frames })}\n`)
    const { value, done } = await this.#answers.next()
    if (done) throw new Error('the wire ended')
    const arrived = new Set<number>()
    for (const [where, hex] of JSON.parse(value) as [string, string][]) {
      const number = numberOf(Buffer.from(hex, 'hex'), where !== 'host', (one) => byNumber.get(one))
      if (number !== undefined) arrived.add(number)
    }
    const last = packets.at(-1)?.facts.number
    if (last !== undefined && !arrived.has(last)) throw new Error('the last packet did not come out')
    return arrived
  }
}

async function addressOf(namespace: Namespace, device: string): Promise<string> {
  const text = await namespace.run('cat', [`/sys/class/net/${device}/address`])
  return text.trim()
}
