import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { FeedAnswer, PolicyText } from '../domain/agent-feed.ts'
import { SECOND_MS } from '../domain/lifetime.ts'
import type { Fqdn } from '../domain/names.ts'
import { formatRule } from '../domain/policy/rule.ts'
import { formatPrefix } from '../domain/prefix.ts'
import type { Position } from '../feed/feed.ts'
import { meetHost } from '../provision/host-reports.ts'
import type { Unit } from '../unit.ts'
import { FEED_PATTERN, FeedAnswerBody, HostName } from './agent-schemas.ts'
import { type Api, answer, refusals } from './api.ts'
import { authenticate } from './authentication.ts'
import { expectHost } from './authorization.ts'
import { isKnown } from './conditions.ts'
import { badQuery } from './paging.ts'
import { strict } from './schemas.ts'

/** The longest that a question is held open, in seconds: proxies end what is silent for a minute. */
const WAIT_MAX = 55

/** What is shorter does not get shorter. */
const GZIP_LEAST = 1024

const number = (description: string) => Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$', description }))

const stateQuery = Type.Object(
  {
    host: HostName,
    feed: Type.Optional(
      Type.String({ pattern: FEED_PATTERN, description: 'The feed that since is of, as it was answered' }),
    ),
    since: number('The revision that is known; without it, the whole state'),
    orders: number('The number of the last order that is known'),
    wait: number(`How many seconds to wait for something new, at most ${WAIT_MAX}`),
  },
  strict,
)

/** What an agent asks, again and again: what it does not know yet. */
export function agentStateRoute(api: Api, unit: Unit): void {
  api.get(
    '/agent/state',
    {
      config: { scope: 'agent' },
      schema: {
        tags: ['agents'],
        summary: 'Who may connect, and what is to be done at once; waits until there is something new',
        querystring: stateQuery,
        response: { 200: answer(FeedAnswerBody, 'The whole state, or what changed'), ...refusals },
      },
    },
    async (request, reply) => {
      const { host, feed, since, orders, wait } = request.query
      expectHost(request, host)
      const position: Position = { feed, revision: Number(since ?? -1), order: Number(orders ?? 0) }
      const seconds = Number(wait ?? 0)
      if (seconds > WAIT_MAX) throw badQuery('wait', `must be 0 to ${WAIT_MAX}; ${seconds} is not`)
      await meetHost(unit, host)
      const gone = new AbortController()
      request.raw.once('close', () => gone.abort())
      await unit.feed.wait(host, position, seconds * SECOND_MS, gone.signal)
      // The token may have been removed while it waited.
      authenticate(unit, request)
      const told = feedAnswer(unit, host, position)
      const etag = `"${told.feed}.${told.revision}.${unit.feed.orders.last()}"`
      reply.header('etag', etag)
      if (isKnown(request, etag)) return reply.code(304).send()
      return sendZipped(request, reply, told)
    },
  )
}

function feedAnswer(unit: Unit, host: string, position: Position): FeedAnswer {
  const { feed, store, config, now } = unit
  const touched = feed.touchedSince(position)
  const names = [...(touched?.gateways ?? [])] as Fqdn[]
  const found = names.map((name) => store.access.find(name, now()))
  return {
    feed: feed.id,
    revision: store.site.revision(),
    whole: touched === undefined,
    site: {
      prefix: formatPrefix(config.plan.site),
      pushRoutes: config.pushRoutes.map(formatPrefix),
      secondSession: config.secondSession,
    },
    policy: touched === undefined || touched.policy ? policyText(unit) : null,
    gateways: touched === undefined ? store.access.list(now()) : found.filter((one) => one !== undefined),
    removed: names.filter((_, index) => found[index] === undefined),
    orders: feed.orders.since(host, position.feed === feed.id ? position.order : 0),
  }
}

function policyText({ store }: Unit): PolicyText {
  const rules = store.rules.listAll()
  const groups = store.groups.list().map(({ name }) => ({ name, rules: (rules.get(name) ?? []).map(formatRule) }))
  return { default: store.site.defaultPolicy(), groups }
}

const zip = promisify(gzip)

async function sendZipped(request: FastifyRequest, reply: FastifyReply, body: object): Promise<FastifyReply> {
  const text = JSON.stringify(body)
  reply.type('application/json; charset=utf-8').header('vary', 'accept-encoding')
  const isWanted = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')
  if (!isWanted || text.length < GZIP_LEAST) return reply.send(text)
  return reply.header('content-encoding', 'gzip').send(await zip(text))
}
