import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Answer, run } from './exec.ts'
import { APPLY_ROUTES, lockOf } from './kernel-routes.ts'
import type { Namespace } from './namespaces.ts'
import { HANDSHAKE_MS, isUp, startClient, startServer, waitUntilUp } from './openvpn.ts'
import type { Running } from './process.ts'
import { type GatewayBody, type Reply, Service } from './service.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { SERVER_NAME, type Site, Topology } from './topology.ts'
import type { Owner } from './undo.ts'

export type ConnectedSite = Site & { client: Running; profile: string }

/** A whole VPN in static mode: the service, OpenVPN on the files it makes, and machines to connect. */
export class StaticVpn {
  readonly service: Service
  readonly topology: Topology
  readonly server: Running
  readonly folder: string
  readonly #owner: Owner
  #profiles = 0

  private constructor(owner: Owner, folder: string, service: Service, topology: Topology, server: Running) {
    this.#owner = owner
    this.folder = folder
    this.service = service
    this.topology = topology
    this.server = server
  }

  static async make(owner: Owner, protocol: 'udp' | 'tcp' = 'udp'): Promise<StaticVpn> {
    const folder = temporaryFolder(owner)
    const data = join(folder, 'data')
    const starting = Service.start(owner, data, { VPNUNIT_REMOTE: `${SERVER_NAME} 1194 ${protocol}` })
    const [service, topology] = await Promise.all([starting, Topology.make(owner)])
    await lockOf(owner, topology.server)
    return new StaticVpn(owner, folder, service, topology, await startServer(owner, topology.server, data))
  }

  /** A request that must be answered 2xx. */
  async ask<Body>(method: string, path: string, body?: object): Promise<Body> {
    const reply: Reply<Body> = await this.service.request<Body>(method, path, body)
    if (reply.status >= 300) throw new Error(`${method} ${path} was answered ${reply.status}: ${reply.text}`)
    return reply.body
  }

  async addUsers(...names: string[]): Promise<void> {
    for (const name of names) await this.ask('POST', '/users', { name })
  }

  addGateway(name: string, user: string, more: { keyType?: string; csr?: string } = {}): Promise<GatewayBody> {
    return this.ask<GatewayBody>('POST', '/gateways', { name, user, ...more })
  }

  /** Downloads a gateway's profile to a file of its own, byte by byte what was answered. */
  async download(name: string): Promise<string> {
    const { status, text } = await this.service.request('GET', `/gateway/${name}/config`)
    if (status !== 200) throw new Error(`the profile of ${name} was answered ${status}: ${text}`)
    const file = join(this.folder, `${name}-${++this.#profiles}.ovpn`)
    writeFileSync(file, text, { mode: 0o600 })
    return file
  }

  /** Connects a machine with a profile as it was downloaded. */
  async connect(machine: Namespace, profile: string): Promise<Running> {
    const client = startClient(this.#owner, machine, profile)
    await waitUntilUp(client)
    return client
  }

  /** Tries to connect, and waits until the server has said why not, and the client too where it is told. */
  async connectInVain(machine: Namespace, profile: string, refusal: RegExp, told?: RegExp): Promise<void> {
    const from = this.server.output.length
    const client = startClient(this.#owner, machine, profile)
    await this.server.waitFor(refusal, HANDSHAKE_MS, from)
    if (told !== undefined) await client.waitFor(told, HANDSHAKE_MS)
    await client.kill()
    if (isUp(client)) throw new Error(`a client was refused and is connected all the same:\n${client.output}`)
  }

  /** A gateway with a LAN behind it, connected. */
  async connectSite(family: 4 | 6, gateway: GatewayBody): Promise<ConnectedSite> {
    const site = await this.topology.addSite(family, gateway.prefix)
    const profile = await this.download(gateway.name)
    return { ...site, profile, client: await this.connect(site.gateway, profile) }
  }

  /** Has a gateway shake hands anew. A new process does: after SIGUSR1 the profile's auth-retry waits for 10 s. */
  async reconnect(site: ConnectedSite): Promise<void> {
    await site.client.kill()
    site.client = await this.connect(site.gateway, site.profile)
  }

  applyRoutes(): Promise<Answer> {
    const env = { ...process.env, VPNUNIT_DATA: this.service.data }
    return this.topology.server.exec(APPLY_ROUTES, [], { env })
  }

  get list(): string {
    return join(this.service.data, 'ip/routes')
  }

  routes(): string[] {
    return readFileSync(this.list, 'utf8').trimEnd().split('\n')
  }
}

/** What the server says of a certificate that is on the revocation list. */
export function isRevoked(name: string): RegExp {
  return new RegExp(`VERIFY ERROR: depth=0, error=certificate revoked: CN=${escapeDots(name)},`)
}

/** What it says of a gateway whose file in client-config-dir says `disable`: the name stands in the line before. */
export function isDisabled(name: string): RegExp {
  return new RegExp(`clients/${escapeDots(name)}\n.*client has been rejected due to 'disable' directive`)
}

function escapeDots(name: string): string {
  return name.replaceAll('.', '\\.')
}

/** A request for a certificate, and the key that stays with the one who asks. */
export async function makeRequest(folder: string, name: string): Promise<{ csr: string; key: string }> {
  const [csr, key] = [join(folder, `${name}.csr`), join(folder, `${name}.key`)]
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', `/CN=${name}`]
  await run('openssl', ['req', ...kind, '-keyout', key, '-out', csr])
  return { csr: readFileSync(csr, 'utf8'), key: readFileSync(key, 'utf8') }
}
