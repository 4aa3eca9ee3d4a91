import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from './client.ts'
import { freePort, Process } from './process.ts'

const HOME = join(import.meta.dirname, '../..')

export type Prefix = '2001:db8::/40' | '2001:db8::/48'

/** `script/vpnunit serve` on a data directory of the benchmark's, and a client that has the token. */
export class Service {
  readonly process: Process
  readonly client: Client
  readonly data: string
  readonly #log: string

  private constructor(process: Process, client: Client, data: string, log: string) {
    this.process = process
    this.client = client
    this.data = data
    this.#log = log
  }

  static async start(folder: string, prefix: Prefix, environment: Record<string, string> = {}): Promise<Service> {
    mkdirSync(folder, { recursive: true })
    const data = join(folder, 'data')
    const log = join(folder, 'log')
    const port = await freePort()
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('VPNUNIT_'))
    const settings = {
      VPNUNIT_ENV_FILE: '',
      VPNUNIT_DATA: data,
      VPNUNIT_PORT: String(port),
      VPNUNIT_PREFIX: prefix,
    }
    const env = { ...Object.fromEntries(inherited), ...settings, ...environment }
    const command = { file: join(HOME, 'script/vpnunit'), args: ['serve'], env, cwd: HOME, log, port }
    const started = await Process.start(command, '/health')
    const token = readFileSync(join(data, 'admin-token'), 'utf8').trim()
    return new Service(started, await Client.open(port, token), data, log)
  }

  /** What the service itself took for the last requests with this URL, by its log, in milliseconds. */
  loggedMs(url: string, count: number): number[] {
    const lines = readFileSync(this.#log, 'utf8').trim().split('\n')
    const requests = lines.filter((line) => line.includes(`"url":"${url}"`)).slice(-count)
    return requests.map((line) => (JSON.parse(line) as { ms: number }).ms)
  }

  async stop(): Promise<void> {
    this.client.close()
    await this.process.stop()
  }
}
