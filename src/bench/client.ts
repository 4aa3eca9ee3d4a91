import { type Answer, Connection } from './connection.ts'
import { CONCURRENCY } from './sizes.ts'

/** Asks one service over connections that stay open. */
export class Client {
  readonly #port: number
  readonly #headers: string
  #connections: Connection[] = []

  private constructor(port: number, token: string | undefined) {
    this.#port = port
    const authorization = token === undefined ? '' : `Authorization: Bearer ${token}\r\n`
    this.#headers = `Host: 127.0.0.1\r\nConnection: keep-alive\r\n${authorization}`
  }

  static async open(port: number, token?: string): Promise<Client> {
    const client = new Client(port, token)
    await client.#connect()
    return client
  }

  message(method: string, path: string, body?: unknown): string {
    const head = `${method} ${path} HTTP/1.1\r\n${this.#headers}`
    if (body === undefined) return `${head}\r\n`
    const text = JSON.stringify(body)
    return `${head}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`
  }

  /** One request. @throws Error when it is refused */
  async one(message: string): Promise<Answer> {
    await this.#connect()
    const [connection] = this.#connections
    if (connection === undefined) throw new Error('no connection')
    return ask(connection, message)
  }

  /** All requests, so many at a time. Returns the milliseconds that one of them cost: all of them by their number. */
  async cost(messages: readonly string[], concurrency: number): Promise<number> {
    let next = 0
    const work = async (connection: Connection): Promise<void> => {
      for (let message = messages[next++]; message !== undefined; message = messages[next++]) {
        await ask(connection, message)
      }
    }
    await this.#connect()
    const startedMs = performance.now()
    await Promise.all(this.#connections.slice(0, concurrency).map(work))
    return (performance.now() - startedMs) / messages.length
  }

  /** A service closes a connection that was idle for long. */
  async #connect(): Promise<void> {
    const open = this.#connections.filter(({ isOpen }) => isOpen)
    const missing = Array.from({ length: CONCURRENCY - open.length }, () => Connection.open(this.#port))
    this.#connections = [...open, ...(await Promise.all(missing))]
  }

  close(): void {
    for (const connection of this.#connections) connection.close()
  }
}

async function ask(connection: Connection, message: string): Promise<Answer> {
  const answer = await connection.request(message)
  if (answer.status >= 300) throw new Error(`answered ${answer.status}: ${answer.body.toString().slice(0, 500)}`)
  return answer
}
