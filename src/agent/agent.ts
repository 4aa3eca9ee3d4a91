import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { AgentEvent, FeedAnswer, HostReport } from '../domain/agent-feed.ts'
import { instanceDevice } from '../domain/instance.ts'
import type { WantedRoute } from '../domain/route-duty.ts'
import type { AgentOptions, RouteDuty } from './agent-options.ts'
import { endOthers } from './end-session.ts'
import { EventSender } from './event-sender.ts'
import { followFeed } from './feed-client.ts'
import type { Host } from './host.ts'
import { HostReporter } from './host-reporter.ts'
import { Instance } from './instance.ts'
import { type Memory, openMemory } from './memory.ts'
import { PolicyList } from './policy-list.ts'
import { RouteList } from './route-list.ts'
import { StateTaker } from './state-taker.ts'

/** The service waits for a second. */
const SETTLED_MS = 500

/** The agent of a VPN host: it decides from the copy that it has, and follows the service and the instances. */
export class Agent {
  readonly #options: AgentOptions
  readonly #startedAt = new Date().toISOString()
  readonly #stopped = new AbortController()
  readonly #memory: Memory
  readonly #instances: Instance[]
  readonly #sender: EventSender
  readonly #reporter: HostReporter
  readonly #routes: RouteDuty
  readonly #list: RouteList
  readonly #policy: PolicyList
  readonly #host: Host
  readonly #taker: StateTaker
  #following: Promise<void> = Promise.resolve()
  #isSettled = false

  constructor(options: AgentOptions) {
    const { channel, log, hostName: host, device } = options
    this.#options = options
    this.#memory = openMemory(options.folder, options.instances, log)
    const { copy, sessions, outbox, spool } = this.#memory
    this.#sender = new EventSender({ channel, host, log, outbox, spool })
    this.#reporter = new HostReporter({ channel, host, log, report: () => this.#report() })
    this.#routes = options.openRoutes((count) => this.#tell({ type: 'routes-repaired', at: now(), count }))
    const deviceOf = (instance: number) => instanceDevice(device, instance)
    this.#list = new RouteList({ copy, sessions, deviceOf, send: (routes) => this.#setRoutes(routes) })
    this.#policy = new PolicyList(copy, (policy, gateways) => this.#routes.setPolicy(policy, gateways))
    this.#policy.changed()
    this.#host = this.#makeHost()
    this.#taker = new StateTaker({
      host: this.#host,
      instances: () => this.#instances,
      routesSettled: () => this.#routesSettled(),
    })
    this.#instances = options.instances.map((number) => {
      return new Instance(this.#host, options.linker, number, join(options.run, `management-${number}.sock`))
    })
  }

  start(): void {
    const { channel, log, hostName: host } = this.#options
    for (const instance of this.#instances) instance.start()
    void Promise.all(this.#instances.map((instance) => instance.settled)).then(() => this.#settled())
    const { signal } = this.#stopped
    const position = () => this.#memory.copy.position
    this.#following = followFeed({ channel, host, log, signal, position, take: (answer) => this.#take(answer) })
    this.#reporter.start()
    this.#sender.wake()
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    this.#reporter.stop()
    this.#list.close()
    this.#policy.close()
    await Promise.all([this.#following, ...this.#instances.map((instance) => instance.stop())])
    await this.#taker.finished()
    await this.#sender.stop()
    await this.#memory.flush()
    this.#routes.close()
    this.#options.channel.close()
  }

  #makeHost(): Host {
    const { copy, sessions, stateChanged, sessionsChanged } = this.#memory
    return {
      copy,
      sessions,
      log: this.#options.log,
      now: () => new Date(),
      tell: (event) => this.#tell(event),
      routeChanged: (gateway) => this.#list.changed(gateway),
      sessionsChanged,
      stateChanged,
      linkOf: (number) => this.#instances.find((instance) => instance.number === number)?.link,
    }
  }

  /** It is known of every instance who is connected there. */
  #settled(): void {
    const { copy, sessions } = this.#memory
    for (const gateway of copy.site?.secondSession === 'refuse' ? [] : sessions.gateways()) {
      const owner = sessions.owner(gateway)
      if (owner !== undefined) endOthers(this.#host, owner)
    }
    this.#isSettled = true
    this.#list.ready()
  }

  #take(answer: FeedAnswer): void {
    this.#taker.take(answer)
    this.#policy.changed()
    if (this.#isSettled) this.#list.ready()
  }

  /** An answer to an order does not wait for longer: what is missing then is in the host's report. */
  async #routesSettled(): Promise<void> {
    if (!this.#list.isReady) return
    this.#list.flush()
    await Promise.race([this.#routes.settled(), pause(SETTLED_MS, undefined, { ref: false })])
  }

  #setRoutes(routes: WantedRoute[]): Promise<unknown> {
    this.#routes.setRoutes(routes)
    return this.#routes.settled()
  }

  #tell(event: AgentEvent): void {
    this.#memory.outbox.push(event)
    this.#sender.wake(event.type === 'order-done')
  }

  #report(): HostReport {
    const { copy, sessions, outbox } = this.#memory
    const { firewall, ...routes } = this.#routes.report()
    return {
      version: this.#options.version,
      startedAt: this.#startedAt,
      feed: copy.position?.feed ?? null,
      revision: copy.position?.revision ?? null,
      instances: this.#instances.map(({ number, link, version = null, generation = null }) => {
        return {
          instance: number,
          connected: link !== undefined,
          version,
          generation,
          sessions: sessions.count(number),
        }
      }),
      routes,
      ...(firewall === undefined ? {} : { firewall }),
      backlog: outbox.size,
    }
  }
}

function now(): string {
  return new Date().toISOString()
}
