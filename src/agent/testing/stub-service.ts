import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import type { Access, AgentEvent, EventBatch, FeedAnswer, HostReport, Order } from '../../domain/agent-feed.ts'
import type { Fqdn } from '../../domain/names.ts'
import { SITE } from './feed.ts'

/** The service as agents see it, scripted: what it says is set, what it is told is kept. */
export class StubService {
  readonly path: string
  feed = 'stub-1'
  revision = 1
  site = SITE
  readonly gateways = new Map<Fqdn, Access>()
  readonly events: AgentEvent[] = []
  readonly reports: HostReport[] = []
  /** Every question for the state, as it was asked. */
  readonly questions: URLSearchParams[] = []
  /** What POST /agent/events answers instead of taking the batch; undefined to take it. */
  refusal: number | undefined
  readonly #next = new Map<string, number>()
  readonly #orders: Order[] = []
  readonly #changes = new Map<Fqdn, number>()
  readonly #waiting = new Set<() => void>()
  #server: Server | undefined

  constructor(path: string) {
    this.path = path
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => void this.#answer(request, response))
    this.#server = server
    await new Promise<void>((resolve) => server.listen(this.path, resolve))
  }

  async stop(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (server === undefined) return
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }

  /** Makes this the gateway's access, or with undefined takes it away. */
  set(name: Fqdn, access: Access | undefined): void {
    if (access === undefined) this.gateways.delete(name)
    else this.gateways.set(name, access)
    this.#changes.set(name, ++this.revision)
    this.#wake()
  }

  order(kind: Order['kind'], ...gateways: Fqdn[]): number {
    const number = this.#orders.length + 1
    this.#orders.push({ number, kind, gateways })
    this.#wake()
    return number
  }

  told<Type extends AgentEvent['type']>(type: Type): (AgentEvent & { type: Type })[] {
    return this.events.filter((event): event is AgentEvent & { type: Type } => event.type === type)
  }

  #wake(): void {
    for (const wake of this.#waiting) wake()
    this.#waiting.clear()
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://stub')
    const body = await readBody(request)
    if (request.method === 'GET' && pathname === '/agent/state') {
      this.questions.push(searchParams)
      await this.#news(searchParams)
      reply(response, 200, this.#stateFor(searchParams))
    } else if (request.method === 'POST' && pathname === '/agent/events') this.#take(response, body as EventBatch)
    else if (request.method === 'PUT') {
      this.reports.push(body as HostReport)
      reply(response, 204, undefined)
    } else reply(response, 404, { detail: 'no such thing' })
  }

  #take(response: ServerResponse, { outbox, first, events }: EventBatch): void {
    if (this.refusal !== undefined) {
      reply(response, this.refusal, { detail: 'refused by the test' })
      return
    }
    const next = this.#next.get(outbox) ?? first
    this.events.push(...events.slice(next - first))
    this.#next.set(outbox, Math.max(next, first + events.length))
    reply(response, 200, { next: Math.max(next, first + events.length) })
  }

  #isNews(query: URLSearchParams): boolean {
    const isSame = query.get('feed') === this.feed && query.get('since') === String(this.revision)
    return !isSame || Number(query.get('orders')) < this.#orders.length
  }

  async #news(query: URLSearchParams): Promise<void> {
    if (this.#isNews(query)) return
    await new Promise<void>((resolve) => {
      this.#waiting.add(resolve)
      setTimeout(resolve, Number(query.get('wait')) * 1000).unref()
    })
  }

  #stateFor(query: URLSearchParams): FeedAnswer {
    const whole = query.get('feed') !== this.feed
    const since = Number(query.get('since'))
    const changed = [...this.#changes].filter(([, revision]) => revision > since).map(([name]) => name)
    const names = whole ? [...this.gateways.keys()] : changed
    return {
      feed: this.feed,
      revision: this.revision,
      whole,
      site: this.site,
      policy: whole ? { default: 'open', groups: [] } : null,
      gateways: names.map((name) => this.gateways.get(name)).filter((access) => access !== undefined),
      removed: whole ? [] : names.filter((name) => !this.gateways.has(name)),
      orders: this.#orders.filter(({ number }) => number > (whole ? 0 : Number(query.get('orders')))),
    }
  }
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString())
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
  if (body === undefined) response.writeHead(status).end()
  else response.writeHead(status, headers).end(gzipSync(JSON.stringify(body)))
}
