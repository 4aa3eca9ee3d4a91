import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Namespace } from '../../e2e/lab/namespaces.ts'
import { Running } from '../../e2e/lab/process.ts'
import { temporaryFolder } from '../../e2e/lab/temporary-folder.ts'
import { SERVER_NAME, Topology } from '../../e2e/lab/topology.ts'
import type { Owner } from '../../e2e/lab/undo.ts'
import { gatewayName, Population } from '../population.ts'
import { Service } from '../service.ts'

const MAIN = join(import.meta.dirname, '../../main.ts')
const START_MS = 30_000
const PREFIX = '2001:db8::/48'

const SETTINGS = {
  VPNUNIT_PREFIX: PREFIX,
  VPNUNIT_REMOTE: `${SERVER_NAME} 1194 udp`,
  VPNUNIT_INSTANCES: '0',
  VPNUNIT_HOST_NAME: 'vpn1',
}

/**
 * What every client is given beside its profile. It has no device; it begins again after one second and not after ten, as
 * `auth-retry nointeract` would make it; and it says when.
 */
const LIGHT = 'dev null\nifconfig-noexec\nroute-noexec\nauth-retry none\nmachine-readable-output\n'

/** A service with its gateways, and the machines of a storm: a server, one where all clients are, one that pings. */
export class StormHost {
  readonly folder: string
  readonly service: Service
  readonly topology: Topology
  readonly crowdsPlace: Namespace
  readonly pingersPlace: Namespace
  /** The clients' profiles, and that of one that pings. */
  readonly profiles: string[]
  readonly pingersProfile: string

  private constructor(parts: Omit<StormHost, 'data' | 'startAgent' | 'startApply'>) {
    this.folder = parts.folder
    this.service = parts.service
    this.topology = parts.topology
    this.crowdsPlace = parts.crowdsPlace
    this.pingersPlace = parts.pingersPlace
    this.profiles = parts.profiles
    this.pingersProfile = parts.pingersProfile
  }

  static async make(owner: Owner, clients: number): Promise<StormHost> {
    const folder = temporaryFolder(owner)
    const service = await Service.start(join(folder, 'service'), PREFIX, SETTINGS)
    owner.teardown(() => service.stop())
    // OpenVPN reads its files as nobody.
    chmodSync(join(folder, 'service'), 0o755)
    await new Population().fill(service.client, clients + 1)
    const topology = await Topology.make(owner)
    const [crowdsPlace, pingersPlace] = [await topology.addGuest(4), await topology.addGuest(4)]
    await addSources(topology.server, crowdsPlace, clients)
    const all: string[] = []
    for (let index = 0; index <= clients; index++) all.push(await download(service, index))
    const profiles = all.slice(0, clients).map((text, index) => lightProfile(text, index))
    const pingersProfile = all.at(-1) ?? ''
    return new StormHost({ folder, service, topology, crowdsPlace, pingersPlace, profiles, pingersProfile })
  }

  get data(): string {
    return this.service.data
  }

  /** In the server's network, for all storms: it waits for an instance that has a management interface. */
  startAgent(owner: Owner): Promise<Running> {
    return this.#start(owner, 'agent', /"msg":"agent is running"/)
  }

  /** In the server's network. What it sets goes with it: to its table, clients that the agent does not know are spoofed. */
  async startApply(owner: Owner): Promise<void> {
    owner.teardown(async () => {
      const input = 'table inet vpnunit\ndelete table inet vpnunit\n'
      await this.topology.server.run('nft', ['-f', '-'], { input })
      await this.topology.server.run('ip', ['-6', 'route', 'flush', 'proto', '119'])
    })
    await this.#start(owner, 'apply', /"msg":"applying"/)
  }

  async #start(owner: Owner, verb: string, ready: RegExp): Promise<Running> {
    const env = { PATH: process.env.PATH, VPNUNIT_ENV_FILE: '', VPNUNIT_DATA: this.data, ...SETTINGS }
    const running = Running.start(owner, process.execPath, [MAIN, verb], { namespace: this.topology.server, env })
    await running.waitFor(ready, START_MS)
    return running
  }
}

/** The address of a client. */
const sourceOf = (index: number) => `10.98.${index >> 8}.${index & 255}`

/**
 * Each client has an address of its own: one that came from the address and port of another's dead session would wait for a
 * minute [facts 6].
 */
async function addSources(server: Namespace, place: Namespace, clients: number): Promise<void> {
  await server.ip('route add 10.98.0.0/16 dev guest1 src 10.99.0.1')
  await place.ip(...Array.from({ length: clients }, (_, index) => `addr add ${sourceOf(index)}/32 dev wan`))
}

async function download({ client }: Service, index: number): Promise<string> {
  return (await client.one(client.message('GET', `/gateway/${gatewayName(index)}/config`))).body.toString()
}

function lightProfile(text: string, index: number): string {
  const place = `local ${sourceOf(index)}\nlport 0`
  if (!text.includes('\nnobind\n')) throw new Error('the profile has another form than the benchmark knows')
  return text.replace('\nnobind\n', `\n${place}\n`).replace('\ndev tun\n', `\n`) + LIGHT
}

/** A folder of its own for what a part of the benchmark writes. */
export function folderIn(host: StormHost, name: string): string {
  const folder = join(host.folder, name)
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  return folder
}
