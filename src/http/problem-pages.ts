import { Type } from 'typebox'
import { PROBLEM_CODES, Problem } from '../domain/problem.ts'
import { type Api, refusals } from './api.ts'
import { PROBLEMS } from './problems.ts'

const Page = Type.Object(
  { type: Type.String(), status: Type.Integer(), title: Type.String() },
  { additionalProperties: false },
)

/** What the `type` of a problem document leads to. */
export function problemPages(api: Api): void {
  api.get(
    '/problems/:code',
    {
      schema: {
        tags: ['service'],
        security: [],
        summary: 'Explain a refusal',
        params: Type.Object({ code: Type.String({ maxLength: 64 }) }, { additionalProperties: false }),
        response: {
          200: { description: 'What it means', content: { 'application/json': { schema: Page } } },
          ...refusals,
        },
      },
    },
    (request, reply) => {
      const code = PROBLEM_CODES.find((known) => known === request.params.code)
      if (code === undefined)
        throw new Problem('not-found', `There is no such problem; there are ${PROBLEM_CODES.join(', ')}.`)
      return reply.send({ type: `/problems/${code}`, ...PROBLEMS[code] })
    },
  )
}
