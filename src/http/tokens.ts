import { type Static, Type } from 'typebox'
import { parseTokenName } from '../domain/names.ts'
import { Problem } from '../domain/problem.ts'
import { parseScope } from '../domain/scope.ts'
import { createToken, type WantedToken } from '../provision/create-token.ts'
import { deleteToken } from '../provision/delete-token.ts'
import { knownToken } from '../provision/known.ts'
import type { Unit } from '../unit.ts'
import { type Api, answer, listAnswer, refusals } from './api.ts'
import { callerOf } from './authentication.ts'
import { etagOf, expectMatch } from './conditions.ts'
import { linkNext, pageOf } from './paging.ts'
import { Name, NewToken, pageQuery, Time, Token } from './schemas.ts'
import { identifyToken, viewToken } from './views.ts'

const strict = { additionalProperties: false }
const params = Type.Object({ name: Name }, strict)
const tags = ['tokens']

const Wanted = Type.Object(
  { name: Name, scope: Type.String({ maxLength: 300 }), expiresAt: Type.Optional(Time) },
  strict,
)

/** Whoever sees who may call, or lets others call, could make itself more than it is. */
const config = { scope: 'admin' } as const

/** Who may call, beside the administrator of the installation. */
export function tokenRoutes(api: Api, unit: Unit): void {
  api.get(
    '/tokens',
    {
      config,
      schema: {
        tags,
        summary: 'List tokens, by name',
        querystring: Type.Object(pageQuery, strict),
        response: { 200: listAnswer(Token, 'The tokens'), ...refusals },
      },
    },
    (request, reply) => {
      const page = pageOf(request.query)
      const tokens = unit.store.tokens.list(page.after, page.limit)
      linkNext(reply, page, tokens, tokens.at(-1)?.name ?? '')
      return reply.send(tokens.map((token) => viewToken(unit, token)))
    },
  )

  createRoute(api, unit)
  oneToken(api, unit)
}

function createRoute(api: Api, unit: Unit): void {
  api.post(
    '/tokens',
    {
      config,
      schema: {
        tags,
        summary: 'Create a token for a scope: "read", "admin" or "agent:" and a VPN host',
        body: Wanted,
        response: { 201: answer(NewToken, 'The token with its text, which is shown this once'), ...refusals },
      },
    },
    async (request, reply) => {
      const { token, text } = await createToken(unit, callerOf(request), wantedToken(request.body))
      reply
        .code(201)
        .header('location', `/tokens/${token.name}`)
        .header('etag', etagOf(identifyToken(token)))
      return reply.send({ ...viewToken(unit, token), token: text.reveal() })
    },
  )
}

function wantedToken({ name, scope, expiresAt }: Static<typeof Wanted>): WantedToken {
  return {
    name: parseTokenName(name),
    scope: parseScope(scope),
    expiresAt: expiresAt === undefined ? undefined : timeOf(expiresAt),
  }
}

/** The format of a time lets a leap second pass, and an offset without minutes; a Date knows neither. */
function timeOf(text: string): Date {
  const time = new Date(text)
  if (!Number.isNaN(time.getTime())) return time
  const fault = 'must be a time such as 2027-01-31T00:00:00Z'
  throw new Problem('bad-request', `The body is refused: /expiresAt ${fault}.`, {
    errors: [{ field: '/expiresAt', message: fault }],
  })
}

function oneToken(api: Api, unit: Unit): void {
  api.get(
    '/tokens/:name',
    {
      config,
      schema: { tags, summary: 'Show a token', params, response: { 200: answer(Token, 'The token'), ...refusals } },
    },
    (request, reply) => {
      const token = knownToken(unit, parseTokenName(request.params.name))
      return reply.header('etag', etagOf(identifyToken(token))).send(viewToken(unit, token))
    },
  )

  api.delete(
    '/tokens/:name',
    {
      config,
      schema: {
        tags,
        summary: 'Delete a token: the next call with it is refused',
        params,
        response: { 204: Type.Null({ description: 'The token is gone' }), ...refusals },
      },
    },
    async (request, reply) => {
      const name = parseTokenName(request.params.name)
      await deleteToken(unit, callerOf(request), name, expectMatch(request, identifyToken))
      return reply.code(204).send(null)
    },
  )
}
