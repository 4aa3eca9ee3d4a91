import type { Client } from './client.ts'

const SLOTS = 16
const BATCH = 500

/** Users and gateways as the API is asked to make them, each once. */
export class Population {
  #users = 0
  #gateways = 0

  /** How many have been asked for. */
  get size(): number {
    return this.#gateways
  }

  /** Makes gateways, many in one call, until there are so many. */
  async fill(client: Client, gateways: number): Promise<void> {
    while (this.#gateways < gateways) {
      const bodies = await this.#take(client, Math.min(BATCH, gateways - this.#gateways))
      await client.one(client.message('POST', '/gateways', bodies))
    }
  }

  /** Messages that make one more gateway each; their users are there already. */
  async messages(client: Client, count: number): Promise<string[]> {
    return (await this.#take(client, count)).map((body) => client.message('POST', '/gateways', body))
  }

  /** The last ones are there no more. */
  forget(count: number): void {
    this.#gateways -= count
  }

  async #take(client: Client, count: number): Promise<object[]> {
    const first = this.#gateways
    this.#gateways += count
    await this.#makeUsers(client, Math.ceil(this.#gateways / SLOTS))
    return Array.from({ length: count }, (_, index) => ({
      name: gatewayName(first + index),
      user: userOf(first + index),
    }))
  }

  async #makeUsers(client: Client, users: number): Promise<void> {
    while (this.#users < users) {
      const missing = Math.min(BATCH, users - this.#users)
      const bodies = Array.from({ length: missing }, () => ({ name: `user${this.#users++}` }))
      await client.one(client.message('POST', '/users', bodies))
    }
  }
}

export function gatewayName(index: number): string {
  return `router${index}.bench.example.org`
}

function userOf(index: number): string {
  return `user${Math.floor(index / SLOTS)}`
}
