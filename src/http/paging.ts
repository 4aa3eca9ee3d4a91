import type { FastifyReply } from 'fastify'
import { Problem } from '../domain/problem.ts'

/** The most that one page holds. */
const LIMIT_MAX = 10_000

/** A whole list is read with a limit that no list reaches: SQLite's own "none". */
const NO_LIMIT = -1

export type Page = { limit: number; after: string }

/**
 * What part of a list is asked for.
 * @throws Problem bad-request
 */
export function pageOf(query: { limit?: string; after?: string }): Page {
  const limit = query.limit === undefined ? NO_LIMIT : Number(query.limit)
  if (limit > LIMIT_MAX) throw badQuery('limit', `must be 1 to ${LIMIT_MAX}; ${limit} is not`)
  return { limit, after: query.after ?? '' }
}

/** A query value that has the form of one, and no meaning here. */
export function badQuery(name: string, fault: string): Problem {
  return new Problem('bad-request', `The query is refused: /${name} ${fault}.`, {
    errors: [{ field: `/${name}`, message: fault }],
  })
}

/** Says where the next page begins (RFC 8288), when this one is full. `cursor` is that of its last item. */
export function linkNext(reply: FastifyReply, page: Page, items: readonly unknown[], cursor: string): void {
  if (page.limit === NO_LIMIT || items.length < page.limit) return
  const url = new URL(reply.request.url, 'http://localhost')
  url.searchParams.set('after', cursor)
  reply.header('link', `<${url.pathname}${url.search}>; rel="next"`)
}
