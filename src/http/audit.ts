import { Type } from 'typebox'
import type { Unit } from '../unit.ts'
import { type Api, listAnswer, refusals } from './api.ts'
import { badQuery, linkNext, pageOf } from './paging.ts'
import { AuditEntry, pageQuery } from './schemas.ts'
import { viewAudit } from './views.ts'

/** Who changed what. */
export function auditRoutes(api: Api, unit: Unit): void {
  api.get(
    '/audit',
    {
      schema: {
        tags: ['service'],
        summary: 'List every change, the newest first; "after" is a revision, and what is older follows',
        querystring: Type.Object(pageQuery, { additionalProperties: false }),
        response: { 200: listAnswer(AuditEntry, 'The changes'), ...refusals },
      },
    },
    (request, reply) => {
      const page = pageOf(request.query)
      if (!/^[0-9]{0,15}$/.test(page.after)) {
        throw badQuery('after', 'must be a revision, as the entries of the audit have it')
      }
      const rows = unit.store.audit.list(Number(page.after || Number.MAX_SAFE_INTEGER), page.limit)
      linkNext(reply, page, rows, String(rows.at(-1)?.revision ?? ''))
      return reply.send(rows.map(viewAudit))
    },
  )
}
