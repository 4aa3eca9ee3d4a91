import { request } from 'node:http'
import { join } from 'node:path'
import { Running } from './process.ts'
import type { Owner } from './undo.ts'
import { until } from './until.ts'

const MAIN = join(import.meta.dirname, '../../main.ts')
const START_MS = 60_000

export type Reply<Body> = { status: number; headers: NodeJS.Dict<string | string[]>; text: string; body: Body }

/** A gateway as the API shows it, as far as these tests look. */
export type GatewayBody = {
  name: string
  prefix: string
  address: string
  disabled: boolean
  networks: string[]
  certificate: { serial: string; keyType: string; status: string }
}

/** `vpnunit serve`, started from the checkout, and its API on the unix socket. */
export class Service {
  readonly process: Running
  readonly data: string

  private constructor(process: Running, data: string) {
    this.process = process
    this.data = data
  }

  /** Starts it and waits until it serves. Settings of the machine that runs the test do not reach it. */
  static async start(owner: Owner, data: string, environment: Record<string, string> = {}): Promise<Service> {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('VPNUNIT_'))
    const fixed = { VPNUNIT_ENV_FILE: '', VPNUNIT_PORT: '0', VPNUNIT_DATA: data }
    const env = { ...Object.fromEntries(inherited), ...fixed, ...environment }
    const service = new Service(Running.start(owner, process.execPath, [MAIN, 'serve'], { env }), data)
    await until(`the service in ${data} answers GET /health`, START_MS, () => service.#isHealthy())
    return service
  }

  /** A request over the unix socket, whose mode is the lock: no token is asked there. */
  request<Body = unknown>(method: string, path: string, body?: object): Promise<Reply<Body>> {
    const payload = body === undefined ? undefined : JSON.stringify(body)
    const headers = payload === undefined ? {} : { 'content-type': 'application/json' }
    return new Promise((resolve, reject) => {
      const options = { socketPath: join(this.data, 'vpnunit.sock'), method, path, headers }
      const call = request(options, async (response) => {
        try {
          const chunks: Buffer[] = []
          for await (const chunk of response) chunks.push(chunk)
          const text = Buffer.concat(chunks).toString()
          const isJson = /json/.test(response.headers['content-type'] ?? '')
          const parsed = (isJson ? JSON.parse(text) : undefined) as Body
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parsed })
        } catch (error) {
          reject(error)
        }
      })
      call.on('error', reject)
      call.end(payload)
    })
  }

  stop(): Promise<void> {
    return this.process.stop()
  }

  kill9(): Promise<void> {
    return this.process.kill()
  }

  async #isHealthy(): Promise<boolean> {
    if (this.process.ending !== undefined) throw new Error(`the service ended:\n${this.process.output}`)
    try {
      return (await this.request('GET', '/health')).status === 200
    } catch {
      return false
    }
  }
}
