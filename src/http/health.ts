import { Type } from 'typebox'
import type { Unit } from '../unit.ts'
import { type Api, refusals } from './api.ts'
import { oneOf } from './schemas.ts'
import { WARNING_CODES, warningsOf } from './warnings.ts'

const WarningCode = oneOf(WARNING_CODES)

const Health = Type.Object(
  { status: oneOf(['ok', 'warning']), warnings: Type.Array(WarningCode) },
  { additionalProperties: false },
)

/** Whether the service serves, open to everybody and so without a name in it. */
export function healthRoute(api: Api, unit: Unit): void {
  api.get(
    '/health',
    {
      schema: {
        tags: ['service'],
        security: [],
        summary: 'Whether the service serves; 200 while it does',
        response: {
          200: {
            description: 'With the codes of what needs somebody',
            content: { 'application/json': { schema: Health } },
          },
          ...refusals,
        },
      },
    },
    (_, reply) => {
      const warnings = warningsOf(unit).map(({ code }) => code)
      return reply.send({ status: warnings.length === 0 ? 'ok' : 'warning', warnings })
    },
  )
}
