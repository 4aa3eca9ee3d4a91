import { Type } from 'typebox'
import { quote } from '../domain/names.ts'
import { Problem } from '../domain/problem.ts'
import { forgetHost } from '../provision/host-reports.ts'
import type { Unit } from '../unit.ts'
import { Host } from './agent-schemas.ts'
import { type Api, answer, listAnswer, refusals } from './api.ts'
import { callerOf } from './authentication.ts'
import { Name, strict } from './schemas.ts'
import { viewHost } from './session-views.ts'

const params = Type.Object({ name: Name }, strict)
const tags = ['hosts']

/** The machines that run OpenVPN. */
export function hostRoutes(api: Api, unit: Unit): void {
  api.get(
    '/hosts',
    {
      schema: {
        tags,
        summary: 'List the VPN hosts: what each holds, its instances, its routes and what had to be repaired',
        response: { 200: listAnswer(Host, 'The hosts'), ...refusals },
      },
    },
    (_, reply) => reply.send(unit.store.hosts.list().map((host) => viewHost(unit, host))),
  )

  api.get(
    '/hosts/:name',
    { schema: { tags, summary: 'Show a VPN host', params, response: { 200: answer(Host, 'The host'), ...refusals } } },
    (request, reply) => {
      const { name } = request.params
      const host = unit.store.hosts.find(name)
      if (host === undefined) throw new Problem('host-unknown', `There is no VPN host ${quote(name)}.`)
      return reply.send(viewHost(unit, host))
    },
  )

  api.delete(
    '/hosts/:name',
    {
      schema: {
        tags,
        summary: 'Forget a VPN host that is no more',
        params,
        response: { 204: Type.Null({ description: 'The host is forgotten' }), ...refusals },
      },
    },
    async (request, reply) => {
      await forgetHost(unit, callerOf(request), request.params.name)
      return reply.code(204).send(null)
    },
  )
}
