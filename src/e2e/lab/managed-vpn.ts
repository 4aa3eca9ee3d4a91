import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StubService } from '../../agent/testing/stub-service.ts'
import { parseFqdn, parseUserName } from '../../domain/names.ts'
import type { Namespace } from './namespaces.ts'
import { startClient, waitUntilUp } from './openvpn.ts'
import { Running } from './process.ts'
import { type GatewayBody, Service } from './service.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { SERVER_NAME, Topology } from './topology.ts'
import type { Owner } from './undo.ts'

const MAIN = join(import.meta.dirname, '../../main.ts')
const START_MS = 30_000

/**
 * A VPN host of managed mode: real instances of OpenVPN, apply and an agent, with a scripted service. The certificates
 * are a real service's.
 */
export class ManagedVpn {
  readonly topology: Topology
  readonly service: Service
  readonly stub: StubService
  readonly folder: string
  readonly #owner: Owner
  #profiles = 0

  private constructor(owner: Owner, folder: string, service: Service, topology: Topology, stub: StubService) {
    this.#owner = owner
    this.folder = folder
    this.service = service
    this.topology = topology
    this.stub = stub
  }

  static async make(owner: Owner): Promise<ManagedVpn> {
    const folder = temporaryFolder(owner)
    const data = join(folder, 'data')
    const settings = { VPNUNIT_REMOTE: `${SERVER_NAME} 1194 udp`, VPNUNIT_INSTANCES: '0 1' }
    mkdirSync(join(data, 'run'), { recursive: true })
    chmodSync(join(data, 'run'), 0o3770)
    const starting = Service.start(owner, data, settings)
    const [service, topology] = await Promise.all([starting, Topology.make(owner)])
    const stub = new StubService(join(data, 'run/stub.sock'))
    owner.teardown(() => stub.stop())
    await stub.start()
    return new ManagedVpn(owner, folder, service, topology, stub)
  }

  get data(): string {
    return this.service.data
  }

  get #env(): NodeJS.ProcessEnv {
    const { PATH } = process.env
    return { PATH, VPNUNIT_ENV_FILE: '', VPNUNIT_DATA: this.data, VPNUNIT_INSTANCES: '0 1', VPNUNIT_HOST_NAME: 'vpn1' }
  }

  /** Starts an agent of the scripted service, or of the real one, with more settings where a test wants them. */
  async startAgent(isReal = false, more: NodeJS.ProcessEnv = {}): Promise<Running> {
    const api: NodeJS.ProcessEnv = isReal ? {} : { VPNUNIT_API: `unix:${this.stub.path}` }
    const env = { ...this.#env, ...api, VPNUNIT_LOG_LEVEL: 'debug', ...more }
    const agent = Running.start(this.#owner, process.execPath, [MAIN, 'agent'], { env })
    await agent.waitFor(/"msg":"agent is running"/, START_MS)
    return agent
  }

  async startApply(): Promise<Running> {
    const options = { namespace: this.topology.server, env: this.#env }
    const apply = Running.start(this.#owner, process.execPath, [MAIN, 'apply'], options)
    await apply.waitFor(/"msg":"applying"/, START_MS)
    return apply
  }

  /** Starts an instance with its own file, but for times that a test can wait for. It waits until an agent lets it go. */
  startInstance(instance: number, more = ''): Running {
    const ovpn = join(this.data, 'ovpn')
    const text = readFileSync(join(ovpn, `instance-${instance}.conf`), 'utf8')
    const changed = `${text.replace('keepalive 10 60', 'keepalive 2 8')}\n${more}\n`
    writeFileSync(join(ovpn, `lab-${instance}.conf`), changed, { mode: 0o644 })
    const args = ['--cd', ovpn, '--config', `lab-${instance}.conf`]
    return Running.start(this.#owner, 'openvpn', args, { namespace: this.topology.server })
  }

  /** A gateway of the real service, which the scripted one lets in. */
  async addGateway(name: string, number: number): Promise<GatewayBody> {
    const user = `u${number}`
    await this.service.request('POST', '/users', { name: user, number })
    const { status, body, text } = await this.service.request<GatewayBody>('POST', '/gateways', { name, user })
    if (status !== 201) throw new Error(text)
    this.stub.set(parseFqdn(name), {
      name: parseFqdn(name),
      user: parseUserName(user),
      number,
      slot: 0,
      disabled: false,
      userDisabled: false,
      serials: [body.certificate.serial],
      retiring: [],
    })
    return body
  }

  /** A gateway's profile, for one instance alone, with more lines where a test wants them. */
  async profile(name: string, instance = 0, more = ''): Promise<string> {
    const { text } = await this.service.request('GET', `/gateway/${name}/config`)
    const own = text.replaceAll(/^remote(-random)?( .*)?\n/gm, '')
    const remote = `remote ${SERVER_NAME} ${1194 + instance} udp`
    const file = join(this.folder, `${name}-${++this.#profiles}.ovpn`)
    writeFileSync(file, `${remote}\n${own}\n${more}\n`, { mode: 0o600 })
    return file
  }

  start(machine: Namespace, profile: string): Running {
    return startClient(this.#owner, machine, profile)
  }

  async connect(machine: Namespace, profile: string, from = 0): Promise<Running> {
    const client = this.start(machine, profile)
    await waitUntilUp(client, from)
    return client
  }

  /** The routes that apply has set for gateways. */
  async routes(): Promise<string[]> {
    const text = await this.topology.server.run('ip', ['-6', 'route', 'show', 'proto', '119'])
    return text
      .split('\n')
      .map((line) => /^(\S+\/60) dev (\S+)/.exec(line)?.slice(1, 3).join(' '))
      .filter((line) => line !== undefined)
  }
}
