import { join } from 'node:path'
import type { AgentEvent, FeedAnswer, HostReport, Order } from '../domain/agent-feed.ts'
import { instanceDevice } from '../domain/instance.ts'
import type { WantedRoute } from '../domain/route-duty.ts'
import type { ApiChannel } from './api-channel.ts'
import type { ApplyReport } from './apply-client.ts'
import { endOthers, recheck } from './end-session.ts'
import { EventSender } from './event-sender.ts'
import { followFeed } from './feed-client.ts'
import type { Host, Log } from './host.ts'
import { HostReporter } from './host-reporter.ts'
import { Instance } from './instance.ts'
import type { Linker } from './link.ts'
import { carryOut } from './orders.ts'
import { Outbox } from './outbox.ts'
import { RouteList } from './route-list.ts'
import { keepSessions, readSessions } from './session-file.ts'
import { SessionTable } from './sessions.ts'
import { Spool } from './spool.ts'
import { StateCopy } from './state-copy.ts'
import { keepState, readState } from './state-file.ts'

/** Who sets the routes. */
export type RouteDuty = {
  setRoutes(routes: WantedRoute[]): void
  report(): ApplyReport
  /** Settles when the last routes are set, or can't be. */
  settled(): Promise<unknown>
  close(): void
}

export type AgentOptions = {
  hostName: string
  version: string
  /** The folder of the copy. */
  folder: string
  /** The folder of the sockets. */
  run: string
  device: string
  instances: readonly number[]
  log: Log
  linker: Linker
  channel: ApiChannel
  openRoutes: (onRepairs: (count: number) => void) => RouteDuty
}

export type Agent = { stop(): Promise<void> }

/** Starts an agent: it decides from the copy it has, and follows service and instances. */
export function startAgent(options: AgentOptions): Agent {
  const running = new RunningAgent(options)
  running.start()
  return running
}

class RunningAgent implements Agent {
  readonly #options: AgentOptions
  readonly #startedAt = new Date().toISOString()
  readonly #stopped = new AbortController()
  readonly #copy = new StateCopy()
  readonly #sessions = new SessionTable()
  readonly #outbox = new Outbox()
  readonly #instances: Instance[]
  readonly #files: { state: ReturnType<typeof keepState>; sessions: ReturnType<typeof keepSessions> }
  readonly #spool: Spool
  readonly #sender: EventSender
  readonly #reporter: HostReporter
  readonly #routes: RouteDuty
  readonly #list: RouteList
  readonly #host: Host
  #following: Promise<void> = Promise.resolve()
  #orders: Promise<void> = Promise.resolve()

  constructor(options: AgentOptions) {
    const { folder, log, channel, hostName: host } = options
    this.#options = options
    const complain = (words: string) => log.error({}, words)
    this.#host = this.#makeHost()
    this.#files = {
      state: keepState(folder, this.#copy, complain),
      sessions: keepSessions(folder, this.#sessions, complain),
    }
    this.#spool = new Spool(join(folder, 'events.jsonl'), this.#outbox, complain)
    this.#sender = new EventSender({ channel, host, log, outbox: this.#outbox, spool: this.#spool })
    this.#reporter = new HostReporter({ channel, host, log, report: () => this.#report() })
    this.#routes = options.openRoutes((count) => this.#tell({ type: 'routes-repaired', at: this.#at(), count }))
    this.#list = new RouteList({
      copy: this.#copy,
      sessions: this.#sessions,
      deviceOf: (instance) => instanceDevice(options.device, instance),
      send: (routes) => {
        this.#routes.setRoutes(routes)
        return this.#routes.settled()
      },
    })
    this.#instances = options.instances.map((number) => {
      return new Instance(this.#host, options.linker, number, join(options.run, `management-${number}.sock`))
    })
    readState(folder, this.#copy, complain)
    this.#spool.read()
    this.#restoreSessions(complain)
  }

  start(): void {
    const { channel, log, hostName: host } = this.#options
    for (const instance of this.#instances) instance.start()
    void Promise.all(this.#instances.map((instance) => instance.settled)).then(() => this.#settled())
    const { signal } = this.#stopped
    const position = () => this.#copy.position
    this.#following = followFeed({ channel, host, log, signal, position, take: (answer) => this.#take(answer) })
    this.#reporter.start()
    if (this.#outbox.size > 0) this.#sender.wake()
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    this.#reporter.stop()
    this.#list.close()
    await Promise.all([this.#following, ...this.#instances.map((instance) => instance.stop())])
    await this.#orders
    await this.#sender.stop()
    await Promise.all([this.#files.state.flush(), this.#files.sessions.flush()])
    this.#routes.close()
    this.#options.channel.close()
  }

  #makeHost(): Host {
    return {
      copy: this.#copy,
      sessions: this.#sessions,
      log: this.#options.log,
      now: () => new Date(),
      tell: (event) => this.#tell(event),
      routeChanged: (gateway) => this.#list.changed(gateway),
      sessionsChanged: () => this.#files.sessions.changed(),
      stateChanged: () => this.#files.state.changed(),
      linkOf: (number) => this.#instances.find((instance) => instance.number === number)?.link,
    }
  }

  /** Sessions of instances that are not this host's any more are left away: what they were is told by others. */
  #restoreSessions(complain: (words: string) => void): void {
    for (const session of readSessions(this.#options.folder, complain)) {
      if (this.#options.instances.includes(session.instance)) this.#sessions.add(session)
    }
  }

  /** It is known of every instance who is connected there. */
  #settled(): void {
    if (this.#copy.site?.secondSession !== 'refuse') {
      for (const gateway of this.#sessions.gateways()) {
        const owner = this.#sessions.owner(gateway)
        if (owner !== undefined) endOthers(this.#host, owner)
      }
    }
    this.#isSettled = true
    this.#list.ready()
  }

  #isSettled = false

  #take(answer: FeedAnswer): void {
    const since = this.#copy.position
    const isNews = since?.feed !== answer.feed || since.revision !== answer.revision || answer.orders.length > 0
    const change = this.#copy.apply(answer)
    for (const order of answer.orders) this.#carryOut(answer.feed, order)
    recheck(this.#host, change)
    if (isNews) this.#files.state.changed()
    if (this.#isSettled) this.#list.ready()
  }

  /** One after the other, so that what one finds is not what another has left. */
  #carryOut(feed: string, order: Order): void {
    const instances = this.#instances.flatMap(({ number, link }) => (link === undefined ? [] : [{ number, link }]))
    const receipts = carryOut(this.#host, instances, order)
    this.#orders = this.#orders.then(async () => {
      const done = await receipts
      this.#list.flush()
      await this.#routes.settled()
      this.#tell({ type: 'order-done', at: this.#at(), feed, order: order.number, instances: done })
      this.#copy.carriedOut(feed, order.number)
      this.#files.state.changed()
      this.#options.log.info({ order: order.number, kind: order.kind, instances: done }, 'order carried out')
    })
  }

  #tell(event: AgentEvent): void {
    this.#outbox.push(event)
    this.#sender.wake(event.type === 'order-done')
  }

  #at(): string {
    return new Date().toISOString()
  }

  #report(): HostReport {
    const position = this.#copy.position
    return {
      version: this.#options.version,
      startedAt: this.#startedAt,
      feed: position?.feed ?? null,
      revision: position?.revision ?? null,
      instances: this.#instances.map(({ number, link, version, generation }) => ({
        instance: number,
        connected: link !== undefined,
        version: version ?? null,
        generation: generation ?? null,
        sessions: this.#sessions.count(number),
      })),
      routes: this.#routes.report(),
      backlog: this.#outbox.size,
    }
  }
}
