import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { FakeOpenvpn, notification } from '../agent/testing/fake-openvpn.ts'
import { access } from '../agent/testing/feed.ts'
import { StubService } from '../agent/testing/stub-service.ts'
import { type Fqdn, parseFqdn } from '../domain/names.ts'
import { Running } from '../e2e/lab/process.ts'
import { until } from '../e2e/lab/until.ts'
import { cpuMs } from './cpu.ts'
import type { Sizes } from './sizes.ts'
import { undone } from './storm/undoing.ts'
import { atLeast, type Row, reported } from './table.ts'

/** How many clients wait for an answer at any time. */
const IN_FLIGHT = 200
const START_MS = 30_000
const SERIAL = '29:a7:41:cb:9c:dd:31:8a:c1:d6:50:5e:a2:8f:ad:df:82:17:f9:8e'
const MAIN = join(import.meta.dirname, '../main.ts')

/** OpenVPN tells 45 variables of a client without user and pool [facts 4.2], and 47 with. */
const MORE = { ifconfig_pool_remote_ip6: '2001:470:c844:20f::1', trusted_ip: '127.0.0.1', trusted_port: '52395' }

type Loop = { perSecond: number; cpuMs: number }

/** A process `vpnunit agent` alone, between an OpenVPN and a service that are played by this one. */
export function agentDecisions(folder: string, sizes: Sizes): Promise<Row[]> {
  return undone(async (owner) => {
    const run = join(folder, 'run')
    mkdirSync(run, { recursive: true })
    const service = new StubService(join(run, 'agent.sock'))
    const names = Array.from({ length: sizes.known }, (_, index) => parseFqdn(`g${index}.example.org`))
    names.forEach((name, index) => {
      service.gateways.set(name, access({ name, number: 2 + (index >> 4), slot: index & 15 }))
    })
    await service.start()
    owner.teardown(() => service.stop())
    const openvpn = new FakeOpenvpn(join(run, 'management-0.sock'))
    await openvpn.start()
    owner.teardown(() => openvpn.stop())
    const env = { PATH: process.env.PATH, VPNUNIT_ENV_FILE: '', VPNUNIT_DATA: folder, VPNUNIT_HOST_NAME: 'vpn1' }
    const agent = Running.start(owner, process.execPath, [MAIN, 'agent'], { env })
    await until('the agent is at work', START_MS, () => service.reports.some(({ revision }) => revision !== null))
    await until('it knows the instance', START_MS, () => openvpn.asked('status').length > 0)
    return measure(new Replay(openvpn, names), agent, sizes)
  })
}

async function measure(replay: Replay, { pid }: Running, { connects, pairs }: Sizes): Promise<Row[]> {
  const loops: Loop[] = []
  for (let run = 0; run <= pairs; run++) {
    const before = cpuMs(pid)
    const startedMs = performance.now()
    await replay.run(connects)
    const tookMs = performance.now() - startedMs
    loops.push({ perSecond: (connects * 1000) / tookMs, cpuMs: (cpuMs(pid) - before) / connects })
    await replay.disconnectAll()
  }
  const [cold, ...warm] = loops
  const speeds = (all: readonly Loop[]) => all.map(({ perSecond }) => perSecond)
  const title = `agent: ${connects} clients at once, ${IN_FLIGHT} in flight`
  return [
    atLeast(title, 'decisions/s', speeds(warm), 20_000),
    reported(`${title}, the first ones of its life`, 'decisions/s', cold === undefined ? [] : speeds([cold])),
    reported(
      'agent: CPU of one such decision',
      'ms',
      warm.map((loop) => loop.cpuMs),
    ),
  ]
}

/** Clients that come to an OpenVPN and wait to be let in. */
class Replay {
  readonly #openvpn: FakeOpenvpn
  readonly #texts: string[]
  #cid = 0
  #present: number[] = []

  constructor(openvpn: FakeOpenvpn, names: readonly Fqdn[]) {
    this.#openvpn = openvpn
    this.#texts = names.map((name) => {
      return notification('CONNECT,@,1', { common_name: name, tls_serial_hex_0: SERIAL, ...MORE })
    })
  }

  /** So many come, each when one before it was answered. @throws Error when one is not let in */
  run(clients: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const last = this.#cid + clients
    let waiting = clients
    this.#openvpn.onCommand = (command) => {
      if (command.startsWith('client-deny')) reject(new Error(`the agent says ${command}`))
      if (!command.startsWith('client-auth ')) return
      if (this.#cid < last) this.#ask()
      if (--waiting === 0) resolve()
    }
    for (let asked = 0; asked < IN_FLIGHT; asked++) this.#ask()
    return promise.finally(() => this.#forget())
  }

  /** All of them are gone again; settles when the agent has read that. */
  async disconnectAll(): Promise<void> {
    const gone = this.#present.map((cid) => `>CLIENT:DISCONNECT,${cid}\r\n>CLIENT:ENV,END\r\n`)
    const before = this.#openvpn.asked('client-deny').length
    // What follows is answered only after that: a client that nobody knows.
    this.#openvpn.say(gone.join('') + notification(`CONNECT,${this.#cid++},1`, { common_name: 'nobody' }))
    this.#present = []
    await until('it is all read', START_MS, () => this.#openvpn.asked('client-deny').length > before)
    this.#openvpn.commands.length = 0
  }

  #ask(): void {
    const cid = this.#cid++
    this.#present.push(cid)
    this.#openvpn.say((this.#texts[cid % this.#texts.length] ?? '').replace('@', String(cid)))
  }

  #forget(): void {
    this.#openvpn.onCommand = () => undefined
  }
}
