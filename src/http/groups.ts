import { Type } from 'typebox'
import { parseGroupName } from '../domain/names.ts'
import { createGroup } from '../provision/create-group.ts'
import { deleteGroup } from '../provision/delete-group.ts'
import { describeGroup } from '../provision/describe-group.ts'
import { knownGroup } from '../provision/known.ts'
import type { Unit } from '../unit.ts'
import { type Api, answer, listAnswer, refusals } from './api.ts'
import { callerOf } from './authentication.ts'
import { expectMatch, sendObject } from './conditions.ts'
import { linkNext, pageOf } from './paging.ts'
import { Description, GroupShown } from './policy-schemas.ts'
import { viewGroup } from './policy-views.ts'
import { Name, pageQuery, strict } from './schemas.ts'

const params = Type.Object({ name: Name }, strict)
const tags = ['groups']

/** Those that rules are made for. */
export function groupRoutes(api: Api, unit: Unit): void {
  api.get(
    '/groups',
    {
      schema: {
        tags,
        summary: 'List groups, by name',
        querystring: Type.Object(pageQuery, strict),
        response: { 200: listAnswer(GroupShown, 'The groups'), ...refusals },
      },
    },
    (request, reply) => {
      const page = pageOf(request.query)
      const groups = unit.store.groups.list(page.after, page.limit)
      linkNext(reply, page, groups, groups.at(-1)?.name ?? '')
      return reply.send(groups.map(viewGroup))
    },
  )

  api.post(
    '/groups',
    {
      schema: {
        tags,
        summary: 'Create a group, without members and rules',
        body: Type.Object({ name: Name, description: Type.Optional(Description) }, strict),
        response: { 201: answer(GroupShown, 'The group'), ...refusals },
      },
    },
    async (request, reply) => {
      const { name, description = '' } = request.body
      const group = await createGroup(unit, callerOf(request), { name: parseGroupName(name), description })
      reply.code(201).header('location', `/groups/${group.name}`)
      return sendObject(request, reply, viewGroup(group))
    },
  )

  oneGroup(api, unit)
}

function oneGroup(api: Api, unit: Unit): void {
  const shown = { 200: answer(GroupShown, 'The group'), ...refusals }

  api.get('/groups/:name', { schema: { tags, summary: 'Show a group', params, response: shown } }, (request, reply) =>
    sendObject(request, reply, viewGroup(knownGroup(unit, parseGroupName(request.params.name)))),
  )

  api.patch(
    '/groups/:name',
    {
      schema: {
        tags,
        summary: 'Say what a group is for',
        params,
        body: Type.Object({ description: Description }, strict),
        response: shown,
      },
    },
    async (request, reply) => {
      const name = parseGroupName(request.params.name)
      const { description } = request.body
      const group = await describeGroup(unit, callerOf(request), name, description, expectMatch(request, viewGroup))
      return sendObject(request, reply, viewGroup(group))
    },
  )

  api.delete(
    '/groups/:name',
    {
      schema: {
        tags,
        summary: 'Delete a group with its rules; its members stay, as users and gateways',
        params,
        response: { 204: Type.Null({ description: 'The group is gone' }), ...refusals },
      },
    },
    async (request, reply) => {
      const name = parseGroupName(request.params.name)
      await deleteGroup(unit, callerOf(request), name, expectMatch(request, viewGroup))
      return reply.code(204).send(null)
    },
  )
}
