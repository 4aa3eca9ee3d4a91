import { Type } from 'typebox'
import { type GroupName, parseFqdn, parseGroupName, parseUserName } from '../domain/names.ts'
import { type Member, parseMember } from '../domain/policy/policy.ts'
import { knownGroup } from '../provision/known.ts'
import { setMember } from '../provision/set-member.ts'
import type { Unit } from '../unit.ts'
import { type Api, answer, listAnswer, refusals } from './api.ts'
import { callerOf } from './authentication.ts'
import { expectMatch, sendObject } from './conditions.ts'
import { MemberShown } from './policy-schemas.ts'
import { viewMember, viewMembers } from './policy-views.ts'
import { Name, strict } from './schemas.ts'

const params = Type.Object({ name: Name }, strict)
const memberParams = Type.Object({ name: Name, member: Name }, strict)
const tags = ['groups']

/** Who is in a group. The tag is that of the whole list, here and where it is changed. */
export function groupMemberRoutes(api: Api, unit: Unit): void {
  api.get(
    '/groups/:name/members',
    {
      schema: {
        tags,
        summary: 'List the members of a group: gateways, then users, by name',
        params,
        response: { 200: listAnswer(MemberShown, 'The members'), ...refusals },
      },
    },
    (request, reply) => {
      const { name } = knownGroup(unit, parseGroupName(request.params.name))
      return sendObject(request, reply, viewMembers(unit, name))
    },
  )
  changeRoutes(api, unit)
}

function changeRoutes(api: Api, unit: Unit): void {
  const path = '/groups/:name/members/:member'
  const listOf = (group: GroupName) => viewMembers(unit, group)

  api.put(
    path,
    {
      schema: {
        tags,
        summary:
          'Put a user with all its gateways, or a gateway, into a group: user:<name>, gateway:<fqdn> or the bare name',
        params: memberParams,
        response: { 200: answer(MemberShown, 'The member'), ...refusals },
      },
    },
    async (request, reply) => {
      const { group, member } = placeOf(request.params)
      await setMember(unit, callerOf(request), group, member, true, expectMatch(request, listOf))
      return reply.send(viewMember(member))
    },
  )

  api.delete(
    path,
    {
      schema: {
        tags,
        summary: 'Take a user or a gateway out of a group; who was not in it is no fault',
        params: memberParams,
        response: { 204: Type.Null({ description: 'It is not in the group' }), ...refusals },
      },
    },
    async (request, reply) => {
      const { group, member } = placeOf(request.params)
      await setMember(unit, callerOf(request), group, member, false, expectMatch(request, listOf))
      return reply.code(204).send(null)
    },
  )
}

function placeOf({ name, member }: { name: string; member: string }): { group: GroupName; member: Member } {
  return { group: parseGroupName(name), member: readMember(member) }
}

/** No user's name has a dot, and every gateway's has one. */
function readMember(text: string): Member {
  if (text.includes(':')) return parseMember(text)
  return text.includes('.') ? { kind: 'gateway', name: parseFqdn(text) } : { kind: 'user', name: parseUserName(text) }
}
