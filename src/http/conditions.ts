import { hash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../domain/problem.ts'
import type { Expectation } from '../provision/known.ts'

/**
 * A strong validator (RFC 9110, section 8.8.3): equal bodies, equal tags. What an object is doing at the moment has a part
 * of its own behind a dot, because a change that somebody prepared must not fail when a gateway reconnects meanwhile.
 */
export function etagOf(settings: object, live?: object): string {
  return etagOfTexts(JSON.stringify(settings), live && JSON.stringify(live))
}

function etagOfTexts(settings: string, live: string | undefined): string {
  return live === undefined ? `"${hashOf(settings)}"` : `"${hashOf(settings)}.${hashOf(live)}"`
}

function hashOf(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 22)
}

/** What the caller is shown of an object: `live` is what it is doing, `beside` is of this answer alone. */
type Shown = { live?: object; beside?: object }

/** Answers with an object and its ETag, or with 304 when the caller has it. Each part is made JSON once, for both. */
export function sendObject(
  request: FastifyRequest,
  reply: FastifyReply,
  settings: object,
  { live, beside }: Shown = {},
): FastifyReply {
  const settingsText = JSON.stringify(settings)
  const liveText = live && JSON.stringify(live)
  const text = [liveText, beside && JSON.stringify(beside)].reduce<string>(join, settingsText)
  const etag = etagOfTexts(settingsText, liveText)
  reply.header('etag', etag)
  return isKnown(request, etag) ? reply.code(304).send() : reply.type('application/json; charset=utf-8').send(text)
}

/** Whether who reads has the version of this tag already. */
export function isKnown(request: FastifyRequest, etag: string): boolean {
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  // RFC 9110, section 13.1.2: compared weakly, because a proxy that compresses makes the tag a weak one.
  return isRead && listed(request.headers['if-none-match']?.replaceAll('W/"', '"'), etag)
}

/** The JSON of one object with the members of another behind its own. */
function join(text: string, more: string | undefined): string {
  return more === undefined || more === '{}' ? text : `${text.slice(0, -1)},${more.slice(1)}`
}

/**
 * What If-Match demands of the row to be changed, judged by the very settings its owner was shown.
 * @throws Problem precondition-failed, when called with a row that is not the one the caller saw
 */
export function expectMatch<Row>(request: FastifyRequest, toBody: (row: Row) => object): Expectation<Row> {
  const wanted = request.headers['if-match']
  return (row) => {
    if (wanted === undefined) return
    const etag = etagOf(toBody(row))
    if (listed(wanted.replaceAll(LIVE_PART, '"'), etag)) return
    throw new Problem(
      'precondition-failed',
      `If-Match asks for ${wanted.slice(0, 100)}, but the object is ${etag} now.`,
    )
  }
}

const LIVE_PART = /\.[\w-]+"/g

function listed(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  return header.trim() === '*' || header.split(',').some((tag) => tag.trim() === etag)
}
