import { type Static, Type } from 'typebox'
import { parseUserName } from '../domain/names.ts'
import { createUser, createUsers, type WantedUser } from '../provision/create-user.ts'
import { deleteUser } from '../provision/delete-user.ts'
import { forEachItem } from '../provision/items.ts'
import { knownUser } from '../provision/known.ts'
import { setUserDisabled } from '../provision/set-user-disabled.ts'
import type { UserRow } from '../store/users.ts'
import type { Unit } from '../unit.ts'
import { type Api, answer, listAnswer, oneOrManyAnswer, refusals } from './api.ts'
import { callerOf } from './authentication.ts'
import { expectMatch, sendObject } from './conditions.ts'
import { linkNext, pageOf } from './paging.ts'
import { Name, oneOrMany, pageQuery, User } from './schemas.ts'
import { ChangedUser } from './session-schemas.ts'
import { viewEndedSessions } from './session-views.ts'
import { viewUser } from './views.ts'

const strict = { additionalProperties: false }
const params = Type.Object({ name: Name }, strict)
const NewUser = Type.Object({ name: Name, number: Type.Optional(Type.Integer()) }, strict)
const tags = ['users']

/** The members. */
export function userRoutes(api: Api, unit: Unit): void {
  const view = (user: UserRow) => viewUser(unit, user)

  api.get(
    '/users',
    {
      schema: {
        tags,
        summary: 'List users, by name',
        querystring: Type.Object(pageQuery, strict),
        response: { 200: listAnswer(User, 'The users'), ...refusals },
      },
    },
    (request, reply) => {
      const page = pageOf(request.query)
      const users = unit.store.users.list(page.after, page.limit)
      linkNext(reply, page, users, users.at(-1)?.name ?? '')
      return reply.send(users.map(view))
    },
  )

  createRoute(api, unit, view)
  oneUser(api, unit, view)
}

function createRoute(api: Api, unit: Unit, view: (user: UserRow) => object): void {
  api.post(
    '/users',
    {
      schema: {
        tags,
        summary: 'Create a user, or a list of them, all or none',
        body: oneOrMany(NewUser),
        response: { 201: oneOrManyAnswer(User, 'What was created'), ...refusals },
      },
    },
    async (request, reply) => {
      const { body } = request
      if (Array.isArray(body)) {
        const users = await createUsers(unit, callerOf(request), forEachItem(body, wantedUser))
        return reply.code(201).send(users.map(view))
      }
      const user = await createUser(unit, callerOf(request), wantedUser(body))
      reply.code(201).header('location', `/users/${user.name}`)
      return sendObject(request, reply, view(user))
    },
  )
}

function wantedUser({ name, number }: Static<typeof NewUser>): WantedUser {
  return { name: parseUserName(name), number }
}

function oneUser(api: Api, unit: Unit, view: (user: UserRow) => object): void {
  api.get(
    '/users/:name',
    { schema: { tags, summary: 'Show a user', params, response: { 200: answer(User, 'The user'), ...refusals } } },
    (request, reply) => sendObject(request, reply, view(knownUser(unit, parseUserName(request.params.name)))),
  )

  api.patch(
    '/users/:name',
    {
      schema: {
        tags,
        summary: 'Disable a user with all its gateways, or enable it again',
        params,
        body: Type.Object({ disabled: Type.Boolean() }, strict),
        response: { 200: answer(ChangedUser, 'The user, and what became of the sessions'), ...refusals },
      },
    },
    async (request, reply) => {
      const name = parseUserName(request.params.name)
      const { disabled } = request.body
      const done = await setUserDisabled(unit, callerOf(request), name, disabled, expectMatch(request, view))
      const beside = disabled ? { sessions: viewEndedSessions(done.sessions) } : {}
      return sendObject(request, reply, view(done.value), { beside })
    },
  )

  api.delete(
    '/users/:name',
    {
      schema: {
        tags,
        summary: 'Delete a user that has no gateways',
        params,
        response: { 204: Type.Null({ description: 'The user is gone' }), ...refusals },
      },
    },
    async (request, reply) => {
      await deleteUser(unit, callerOf(request), parseUserName(request.params.name), expectMatch(request, view))
      return reply.code(204).send(null)
    },
  )
}
