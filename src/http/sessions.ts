import { Type } from 'typebox'
import { parseFqdn } from '../domain/names.ts'
import { knownGateway } from '../provision/known.ts'
import type { Unit } from '../unit.ts'
import { type Api, listAnswer, refusals } from './api.ts'
import { badQuery, linkNext, pageOf } from './paging.ts'
import { Name, oneOf, pageQuery, strict } from './schemas.ts'
import { PastSession, Session } from './session-schemas.ts'
import { viewLiveSessions, viewPastSession } from './session-views.ts'

const tags = ['sessions']

/** Who is connected, and who was. */
export function sessionRoutes(api: Api, unit: Unit): void {
  api.get(
    '/sessions',
    {
      schema: {
        tags,
        summary: 'List the live sessions, by gateway, as the agents of the hosts last told',
        querystring: Type.Object(
          { rules: Type.Optional(oneOf(['true', 'false'], 'Whether the rules of each are listed too')) },
          strict,
        ),
        response: { 200: listAnswer(Session, 'The sessions'), ...refusals },
      },
    },
    (request, reply) => reply.send(viewLiveSessions(unit, request.query.rules === 'true')),
  )

  api.get(
    '/sessions/history',
    {
      schema: {
        tags,
        summary: 'List every session that is remembered, the newest first; "after" is an id, and what is older follows',
        querystring: Type.Object({ ...pageQuery, gateway: Type.Optional(Name) }, strict),
        response: { 200: listAnswer(PastSession, 'The sessions'), ...refusals },
      },
    },
    (request, reply) => {
      const page = pageOf(request.query)
      if (!/^[0-9]{0,15}$/.test(page.after))
        throw badQuery('after', 'must be an id, as the sessions of the history have it')
      const { gateway } = request.query
      const name = gateway === undefined ? undefined : parseFqdn(gateway)
      const rows = unit.store.sessions.history(Number(page.after || Number.MAX_SAFE_INTEGER), page.limit, name)
      // One that is gone may have a history; one that never was is a mistake.
      if (name !== undefined && rows.length === 0) knownGateway(unit, name)
      linkNext(reply, page, rows, String(rows.at(-1)?.id ?? ''))
      return reply.send(rows.map((session) => viewPastSession(unit, session)))
    },
  )
}
