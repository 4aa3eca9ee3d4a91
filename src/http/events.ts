import { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { SECOND_MS } from '../domain/lifetime.ts'
import type { Numbered } from '../feed/event-log.ts'
import type { Unit } from '../unit.ts'
import { type Api, refusals } from './api.ts'
import { mayGoOn } from './authentication.ts'
import { MUST } from './fault-words.ts'
import { badQuery } from './paging.ts'
import { strict } from './schemas.ts'

/** Proxies end a connection that is silent for a minute. */
const HEARTBEAT_MS = 15 * SECOND_MS

/** Who reads more slowly than things happen is let go at so many bytes, and comes back with Last-Event-ID. */
const BEHIND_MAX = 1024 * 1024

const LAST_MAX = 1000

const number = (description: string) =>
  Type.Optional(Type.String({ pattern: '^[0-9]{1,6}$', [MUST]: 'be a whole number', description }))

/** Everything that happens, as it happens. */
export function eventRoutes(api: Api, unit: Unit): void {
  api.get(
    '/events',
    {
      schema: {
        tags: ['sessions'],
        summary: 'Follow what happens: sessions, refusals, changes, hosts, as server-sent events',
        querystring: Type.Object(
          {
            last: number(`How many of the last events to begin with, at most ${LAST_MAX}`),
            seconds: number('How long to follow; without it, until you hang up'),
          },
          strict,
        ),
        response: {
          200: { description: 'Events', content: { 'text/event-stream': { schema: Type.String() } } },
          ...refusals,
        },
      },
    },
    (request, reply) => {
      const { last, seconds } = request.query
      if (Number(last ?? 0) > LAST_MAX) throw badQuery('last', `must be 0 to ${LAST_MAX}; ${last} is not`)
      reply.type('text/event-stream').header('x-accel-buffering', 'no')
      if (request.method === 'HEAD') return reply.send()
      const missed = missedBy(unit, request, Number(last ?? 0))
      return reply.send(streamOf(unit, { missed, seconds, mayHear: () => mayGoOn(unit, request) }))
    },
  )
}

/** What somebody who was away has not seen: after the event it names, or the last few that it asks for. */
function missedBy({ feed }: Unit, request: FastifyRequest, last: number): Numbered[] {
  const [id, known] = String(request.headers['last-event-id'] ?? '').split('.')
  if (id === feed.id && /^[0-9]{1,15}$/.test(known ?? '')) return feed.events.since(Number(known))
  const held = feed.events.since(0)
  // Of another life of the service: everything of this one is new.
  if (id !== '') return held
  return last === 0 ? [] : held.slice(-last)
}

type Follower = { missed: readonly Numbered[]; seconds: string | undefined; mayHear: () => boolean }

function streamOf({ feed }: Unit, { missed, seconds, mayHear }: Follower): Readable {
  const stream = new Readable({ read: () => undefined })
  const write = (text: string) => {
    if (stream.readableLength < BEHIND_MAX) stream.push(text)
    else stream.destroy()
  }
  // At once, so that who follows knows that it does, and from where on, should it have to come back.
  write(`: following\nid: ${feed.id}.${(missed[0]?.number ?? feed.events.last() + 1) - 1}\n\n`)
  for (const one of missed) write(textOf(feed.id, one))
  // The removal of the follower's token is an event as well, and ends the stream instead of being heard.
  const goOn = (text: string) => (mayHear() ? write(text) : end())
  const unsubscribe = feed.events.subscribe((one) => goOn(textOf(feed.id, one)))
  const heartbeat = setInterval(() => goOn(': still here\n\n'), HEARTBEAT_MS)
  const stop = () => {
    unsubscribe()
    clearInterval(heartbeat)
  }
  const end = () => {
    stop()
    stream.push(null)
  }
  const timer = seconds === undefined ? undefined : setTimeout(end, Number(seconds) * SECOND_MS)
  feed.stopped.addEventListener('abort', end)
  stream.once('close', () => {
    stop()
    clearTimeout(timer)
    feed.stopped.removeEventListener('abort', end)
  })
  return stream
}

function textOf(feed: string, { number: count, event }: Numbered): string {
  return `id: ${feed}.${count}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
}
