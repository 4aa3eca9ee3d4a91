import { chmodSync, mkdirSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import type { RouteReport } from '../../domain/agent-feed.ts'
import { APPLY_SOCKET, type DutyAnswer, type WantedRoute } from '../../domain/route-duty.ts'
import { addNamespace, type Namespace } from './namespaces.ts'
import { Running } from './process.ts'
import { temporaryFolder } from './temporary-folder.ts'
import type { Owner } from './undo.ts'

const MAIN = join(import.meta.dirname, '../../main.ts')
const START_MS = 30_000

/** A VPN host of managed mode: a namespace with the devices of two instances, and `vpnunit apply` in it. */
export class ApplyHost {
  readonly namespace: Namespace
  readonly run: string
  readonly #owner: Owner

  private constructor(owner: Owner, namespace: Namespace, run: string) {
    this.#owner = owner
    this.namespace = namespace
    this.run = run
  }

  static async make(owner: Owner): Promise<ApplyHost> {
    const namespace = await addNamespace(owner, 'apply')
    const run = join(temporaryFolder(owner), 'run')
    mkdirSync(run)
    // As tmpfiles makes it, but for the group.
    chmodSync(run, 0o3770)
    const host = new ApplyHost(owner, namespace, run)
    await host.addDevice('tun0')
    await host.addDevice('tun1')
    return host
  }

  get socket(): string {
    return join(this.run, APPLY_SOCKET)
  }

  /** What the program is started with, and nothing of the machine that runs the test. */
  get env(): NodeJS.ProcessEnv {
    return {
      PATH: process.env.PATH,
      VPNUNIT_ENV_FILE: '',
      VPNUNIT_RUN: this.run,
      VPNUNIT_INSTANCES: '0 1',
      VPNUNIT_DEVICE: 'tun0',
    }
  }

  startAtOnce(): Running {
    return Running.start(this.#owner, process.execPath, [MAIN, 'apply'], { namespace: this.namespace, env: this.env })
  }

  /** With another program in the place of nft, for this one alone. */
  async startWithNft(script: string): Promise<Running> {
    const words = 'mount --bind "$0" /usr/sbin/nft && exec "$@"'
    const args = ['-m', 'sh', '-c', words, script, process.execPath, MAIN, 'apply']
    const running = Running.start(this.#owner, 'unshare', args, { namespace: this.namespace, env: this.env })
    await running.waitFor(/"msg":"applying"/, START_MS)
    return running
  }

  async start(): Promise<Running> {
    const running = this.startAtOnce()
    await running.waitFor(/"msg":"applying"/, START_MS)
    return running
  }

  async addDevice(name: string): Promise<void> {
    await this.namespace.ip(`tuntap add ${name} mode tun`, `link set ${name} up`)
  }

  /** The routes of a protocol, or of all, sorted, in the words of ip without what the moment adds. */
  async routes(...filter: string[]): Promise<string[]> {
    const text = await this.namespace.run('ip', ['-6', 'route', 'show', 'table', 'main', ...filter])
    const lines = text.split('\n').map((line) => line.replace(/ linkdown| pref medium| dev lo|\s+$/g, ''))
    return lines
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .sort()
  }

  /** One request on a connection of its own. */
  async ask(request: object): Promise<DutyAnswer> {
    const said = await this.say(`${JSON.stringify(request)}\n`)
    return JSON.parse(said)
  }

  /** @throws Error with the fault, when it is refused */
  async setRoutes(routes: WantedRoute[]): Promise<RouteReport> {
    return reportOf(await this.ask({ id: 1, duty: 'routes', routes }))
  }

  /** @throws Error with the fault, when it is refused */
  async report(): Promise<RouteReport> {
    return reportOf(await this.ask({ id: 1, duty: 'report' }))
  }

  /** Says all of it, and answers what was said before the other end closed. */
  say(bytes: string | Buffer): Promise<string> {
    return new Promise((resolve) => {
      const peer: Socket = connect(this.socket)
      let said = ''
      peer.setEncoding('utf8').on('data', (chunk) => {
        said += chunk
      })
      peer.on('error', () => undefined)
      peer.on('close', () => resolve(said))
      peer.end(bytes)
    })
  }
}

function reportOf(answer: DutyAnswer): RouteReport {
  if ('fault' in answer) throw new Error(answer.fault)
  return answer.report
}
