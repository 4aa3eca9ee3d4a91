import { chmodSync, lstatSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import type { Log } from '../host.ts'
import type { History } from './history-steps.ts'
import { type Message, RealTime } from './real-time.ts'
import { type Instance, SharedClient } from './shared-client.ts'
import type { Policy } from './steps.ts'
import { type Asked, type Session, type Take, Upstream } from './upstream.ts'

/** Programs at one socket. */
export const MAX_CLIENTS = 16

/** Owner and group; the group is the folder's, which is setgid. */
const MODE = 0o660

/** Before OpenVPN was connected to for the first time. */
const GREETING = Buffer.from(">INFO:OpenVPN Management Interface Version 5 -- type 'help' for more info\r\n")
const FULL = `ERROR: ${MAX_CLIENTS} clients are connected already\r\n`

export type SharedSocketOptions = { path: string; instance: number; policy: Policy; log: Log }

/** The management interface of one instance, for other tools than the agent. It stays while OpenVPN comes and goes. */
export class SharedSocket implements Instance {
  readonly policy: Policy
  readonly #options: SharedSocketOptions
  readonly #upstream = new Upstream()
  readonly #clients = new Set<SharedClient>()
  readonly #realTime = new RealTime((message) => this.#tell(message))
  readonly #server: Server
  #log = false
  greeting: Buffer = GREETING

  constructor(options: SharedSocketOptions) {
    this.#options = options
    this.policy = options.policy
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket))
  }

  /** Starts listening. Where it can't, that is said, and the agent works on without it. */
  start(): void {
    const { path } = this.#options
    this.#server.on('error', (error) => this.#complain(error))
    this.#trying(() => {
      // A crash leaves it behind. Two agents on one host are none: OpenVPN serves one.
      if (lstatSync(path, { throwIfNoEntry: false })?.isSocket()) rmSync(path)
      this.#server.listen(path, () => this.#trying(() => chmodSync(path, MODE)))
    })
  }

  async stop(): Promise<void> {
    this.#upstream.detach()
    const closed = new Promise((resolve) => this.#server.close(resolve))
    for (const client of this.#clients) client.end()
    await closed
  }

  /** OpenVPN can be asked from now on. */
  attach(session: Session): void {
    this.#upstream.attach(session)
    for (const topic of ['log', 'echo'] as const) if (this.#isWanted(topic)) this.#quietly(`${topic} on`)
  }

  detach(session: Session): void {
    this.#upstream.detach(session)
    this.#realTime.reset()
  }

  /** Takes the line of a real-time message, latin1. */
  hear(line: string): void {
    // Its greeting is for those who come later.
    if (this.#clients.size > 0 || line.startsWith('>INFO:')) this.#realTime.take(line)
    else this.#realTime.reset()
  }

  ask(asked: Asked, take: Take): void {
    if (asked.line.startsWith('log on')) this.#log = true
    this.#upstream.ask(asked, take)
  }

  unwanted(): void {
    if (!this.#log || this.#isWanted('log')) return
    this.#log = false
    this.#quietly('log off')
  }

  noteKill(line: string): void {
    const { instance, log } = this.#options
    log.info({ instance, command: line }, 'a session is to be ended by way of the shared socket')
  }

  #trying(act: () => void): void {
    try {
      act()
    } catch (error) {
      this.#complain(error)
    }
  }

  #complain(error: unknown): void {
    const { instance, path, log } = this.#options
    const reason = error instanceof Error ? error.message : String(error)
    log.warn({ instance, path, reason }, 'the shared socket of the instance could not be made')
  }

  #accept(socket: Socket): void {
    socket.on('error', () => undefined)
    if (this.#clients.size >= MAX_CLIENTS) {
      socket.end(FULL, () => socket.destroy())
      return
    }
    const client = new SharedClient(this, socket)
    this.#clients.add(client)
    socket.once('close', () => this.#clients.delete(client))
    void client.serve()
  }

  #tell(message: Message): void {
    if (message.topic === 'greeting') this.greeting = message.bytes
    const now = performance.now()
    for (const client of this.#clients) client.hear(message, now)
  }

  #isWanted(topic: History): boolean {
    return [...this.#clients].some((client) => client.wants(topic))
  }

  #quietly(line: string): void {
    if (this.#upstream.isConnected) this.#upstream.ask({ line, shape: 'success', isShared: false }, () => undefined)
  }
}
