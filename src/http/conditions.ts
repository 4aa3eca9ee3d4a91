import { hash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../domain/problem.ts'
import type { Expectation } from '../provision/known.ts'

/** A strong validator (RFC 9110, section 8.8.3): equal bodies, equal tags. */
export function etagOf(body: object): string {
  return etagOfText(JSON.stringify(body))
}

function etagOfText(text: string): string {
  return `"${hash('sha256', text, 'base64url').slice(0, 22)}"`
}

/** Answers with an object and its ETag, or with 304 when the caller has it. */
export function sendObject(request: FastifyRequest, reply: FastifyReply, body: object): FastifyReply {
  const text = JSON.stringify(body)
  const etag = etagOfText(text)
  reply.header('etag', etag)
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  // RFC 9110, section 13.1.2: compared weakly, because a proxy that compresses makes the tag a weak one.
  const known = request.headers['if-none-match']?.replaceAll('W/"', '"')
  const isKnown = isRead && listed(known, etag)
  return isKnown ? reply.code(304).send() : reply.type('application/json; charset=utf-8').send(text)
}

/**
 * What If-Match demands of the row to be changed, judged by the very body its owner was shown.
 * @throws Problem precondition-failed, when called with a row that is not the one the caller saw
 */
export function expectMatch<Row>(request: FastifyRequest, toBody: (row: Row) => object): Expectation<Row> {
  const wanted = request.headers['if-match']
  return (row) => {
    if (wanted === undefined) return
    const etag = etagOf(toBody(row))
    if (listed(wanted, etag)) return
    throw new Problem(
      'precondition-failed',
      `If-Match asks for ${wanted.slice(0, 100)}, but the object is ${etag} now.`,
    )
  }
}

function listed(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  return header.trim() === '*' || header.split(',').some((tag) => tag.trim() === etag)
}
