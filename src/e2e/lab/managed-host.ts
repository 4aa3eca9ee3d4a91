import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EndedSessionsView, HostView, PastSessionView, SessionView } from '../../http/session-views.ts'
import type { Namespace } from './namespaces.ts'
import { startClient, waitUntilUp } from './openvpn.ts'
import { Running, type StartOptions } from './process.ts'
import { type GatewayBody, type Reply, Service } from './service.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { SERVER_NAME, type Site, Topology } from './topology.ts'
import type { Owner } from './undo.ts'
import { until } from './until.ts'

const MAIN = join(import.meta.dirname, '../../main.ts')
const START_MS = 30_000
const SOON_MS = 15_000

/** The settings of the service, which are all that agent and apply need on the same machine. */
const SETTINGS = { VPNUNIT_REMOTE: `${SERVER_NAME} 1194 udp`, VPNUNIT_INSTANCES: '0 1', VPNUNIT_HOST_NAME: 'vpn1' }

export type Connected = Site & { client: Running; profile: string }

/** A whole VPN in managed mode: service, agent, apply, and OpenVPN on the files that the service published. */
export class ManagedHost {
  readonly topology: Topology
  readonly #owner: Owner
  readonly folder: string
  readonly #more: Record<string, string>
  service: Service
  agent!: Running
  apply!: Running
  servers: Running[] = []
  #profiles = 0

  private constructor(
    owner: Owner,
    folder: string,
    service: Service,
    topology: Topology,
    more: Record<string, string>,
  ) {
    this.#owner = owner
    this.folder = folder
    this.service = service
    this.topology = topology
    this.#more = more
  }

  /** Starts all of it; `more` settings are for the service, the agent and apply alike. */
  static async make(owner: Owner, more: Record<string, string> = {}): Promise<ManagedHost> {
    const host = await ManagedHost.prepare(owner, more)
    await host.startAgent()
    await host.hostIs('connected', ({ instances, routes, behind }) => {
      return behind === 0 && routes?.connected === true && instances.every(({ connected }) => connected)
    })
    return host
  }

  /** All but the agent: the instances wait for one. */
  static async prepare(owner: Owner, more: Record<string, string> = {}): Promise<ManagedHost> {
    const folder = temporaryFolder(owner)
    const starting = Service.start(owner, join(folder, 'data'), { ...SETTINGS, ...more })
    const [service, topology] = await Promise.all([starting, Topology.make(owner)])
    const host = new ManagedHost(owner, folder, service, topology, more)
    owner.teardown(async () => host.#tellOfFailure())
    host.startInstance(0)
    host.startInstance(1)
    await host.startApply()
    return host
  }

  /** What the others said, where a test has failed: the one that was waited for seldom knows why. */
  #tellOfFailure(): void {
    if (!('passing' in this.#owner) || (this.#owner as { passing(): boolean }).passing()) return
    const [server] = this.servers
    for (const running of [this.agent, this.apply, server])
      process.stderr.write(`${running?.output.slice(-8000) ?? ''}\n`)
  }

  get #env(): NodeJS.ProcessEnv {
    const { PATH } = process.env
    return { PATH, VPNUNIT_ENV_FILE: '', VPNUNIT_DATA: this.service.data, ...SETTINGS, ...this.#more }
  }

  /** In the network of the machine it is on, where nothing but the socket leads to the service. */
  startAgent(): Promise<void> {
    return this.#startAgent({ namespace: this.topology.server, env: this.#env })
  }

  /** Where the network of the service is, with settings of its own. */
  startRemoteAgent(environment: Record<string, string>): Promise<void> {
    return this.#startAgent({ env: { ...this.#env, ...environment } })
  }

  async #startAgent(options: StartOptions): Promise<void> {
    this.agent = Running.start(this.#owner, process.execPath, [MAIN, 'agent'], options)
    await this.agent.waitFor(/"msg":"agent is running"/, START_MS)
  }

  async startApply(): Promise<void> {
    const options = { namespace: this.topology.server, env: this.#env }
    this.apply = Running.start(this.#owner, process.execPath, [MAIN, 'apply'], options)
    await this.apply.waitFor(/"msg":"applying"/, START_MS)
  }

  /** Starts an instance as docs/systemd does, with its file as it was published. */
  startInstance(instance: number): void {
    const args = ['--cd', join(this.service.data, 'ovpn'), '--config', `instance-${instance}.conf`]
    this.servers[instance] = Running.start(this.#owner, 'openvpn', args, { namespace: this.topology.server })
  }

  async startService(): Promise<void> {
    this.service = await Service.start(this.#owner, this.service.data, { ...SETTINGS, ...this.#more })
  }

  /** A request that must be answered 2xx. */
  async ask<Body>(method: string, path: string, body?: object): Promise<Body> {
    const reply: Reply<Body> = await this.service.request<Body>(method, path, body)
    if (reply.status >= 300) throw new Error(`${method} ${path} was answered ${reply.status}: ${reply.text}`)
    return reply.body
  }

  /** A gateway, made with its user when that is new. */
  async addGateway(name: string, user: string): Promise<GatewayBody> {
    await this.service.request('POST', '/users', { name: user })
    return this.ask<GatewayBody>('POST', '/gateways', { name, user })
  }

  /** The profile as it was downloaded, but for one instance, and with more lines where a test wants them. */
  async profile(name: string, instance = 0, more = ''): Promise<string> {
    const { text } = await this.service.request('GET', `/gateway/${name}/config`)
    const others = new RegExp(`^remote \\S+ ${1194 + 1 - instance} .*\\n`, 'm')
    const file = join(this.folder, `${name}-${++this.#profiles}.ovpn`)
    writeFileSync(file, `${text.replace(others, '')}\n${more}\n`, { mode: 0o600 })
    return file
  }

  start(machine: Namespace, profile: string): Running {
    return startClient(this.#owner, machine, profile)
  }

  async connect(machine: Namespace, profile: string): Promise<Running> {
    const client = this.start(machine, profile)
    await waitUntilUp(client)
    return client
  }

  /** A gateway with a LAN behind it, connected, and known to be. */
  async connectSite(family: 4 | 6, gateway: GatewayBody, more = ''): Promise<Connected> {
    const site = await this.topology.addSite(family, gateway.prefix)
    const profile = await this.profile(gateway.name, 0, more)
    const client = await this.connect(site.gateway, profile)
    await this.sessionsAre(`one of ${gateway.name}`, (all) => all.some((session) => session.gateway === gateway.name))
    return { ...site, profile, client }
  }

  sessions(): Promise<SessionView[]> {
    return this.ask<SessionView[]>('GET', '/sessions')
  }

  history(): Promise<PastSessionView[]> {
    return this.ask<PastSessionView[]>('GET', '/sessions/history')
  }

  async sessionsAre(what: string, isSo: (sessions: SessionView[]) => boolean): Promise<void> {
    await until(`sessions: ${what}`, SOON_MS, async () => isSo(await this.sessions()))
  }

  async hostIs(what: string, isSo: (host: HostView) => boolean): Promise<void> {
    await until(`the host is ${what}`, START_MS, async () => {
      const [host] = await this.ask<HostView[]>('GET', '/hosts')
      return host !== undefined && isSo(host)
    })
  }

  disconnect(name: string): Promise<EndedSessionsView> {
    return this.ask<EndedSessionsView>('POST', `/gateway/${name}/disconnect`)
  }

  /** The routes that apply has set for gateways: prefix and device. */
  async routes(): Promise<string[]> {
    const text = await this.topology.server.run('ip', ['-6', 'route', 'show', 'proto', '119'])
    return Array.from(text.matchAll(/^(\S+\/60) dev (\S+)/gm), ([, prefix, device]) => `${prefix} ${device}`)
  }

  async routesAre(...wanted: string[]): Promise<void> {
    await until(`routes ${wanted}`, SOON_MS, async () => (await this.routes()).join() === wanted.join())
  }
}
