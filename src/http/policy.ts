import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { applyPolicy, comparePolicy, readWhole } from '../provision/apply-policy.ts'
import { setDefaultPolicy } from '../provision/set-default-policy.ts'
import type { Unit } from '../unit.ts'
import { type Api, answer, refusals } from './api.ts'
import { callerOf } from './authentication.ts'
import { etagOf, expectMatch, sendObject } from './conditions.ts'
import { PolicyDifferenceShown } from './policy-answer-schemas.ts'
import { readDocument, viewPolicy } from './policy-document.ts'
import { DefaultName, PolicyBody, PolicyShown } from './policy-schemas.ts'
import { oneOf, strict } from './schemas.ts'
import { readYaml, writeYaml, YAML_TYPE } from './yaml.ts'

const tags = ['policy']

/** In bytes: every gateway a member of a group of its own, and more rules than a person would write. */
export const POLICY_LIMIT = 4 * 1024 * 1024

/** The whole policy as one document. Both ways in JSON, or in YAML for people. */
export function policyRoutes(api: Api, unit: Unit): void {
  showRoute(api, unit)
  defaultRoute(api, unit)
  void api.register((own, _, done) => {
    // For this call alone: everywhere else a body is JSON.
    own.addContentTypeParser(YAML_TYPE, { parseAs: 'string' }, (_request: FastifyRequest, body: string) =>
      readYaml(body),
    )
    applyRoute(own, unit)
    done()
  })
}

function view(unit: Unit) {
  return viewPolicy(readWhole(unit))
}

function showRoute(api: Api, unit: Unit): void {
  const shown = answer(PolicyShown, 'The policy; with "Accept: application/yaml" in YAML')
  const content = { ...shown.content, [YAML_TYPE]: { schema: Type.String() } }
  api.get(
    '/policy',
    {
      schema: {
        tags,
        summary: 'Show the whole policy: the default, groups with members and rules, tests',
        response: { 200: { ...shown, content }, ...refusals },
      },
    },
    async (request, reply) => {
      const policy = view(unit)
      reply.header('vary', 'accept')
      if (!wantsYaml(request)) return sendObject(request, reply, policy)
      // Another text, another tag; If-Match looks at what is before the dot.
      reply.header('etag', `${etagOf(policy).slice(0, -1)}.yaml"`)
      return reply.type(`${YAML_TYPE}; charset=utf-8`).send(await writeYaml(policy))
    },
  )
}

function wantsYaml({ headers }: FastifyRequest): boolean {
  return headers.accept?.split(',').some((one) => one.split(';', 1)[0]?.trim() === YAML_TYPE) ?? false
}

function applyRoute(api: Api, unit: Unit): void {
  api.put(
    '/policy',
    {
      // What changes nothing may be asked by whoever reads.
      config: { scope: (query) => (isDry(query) ? 'read' : 'admin') },
      bodyLimit: POLICY_LIMIT,
      schema: {
        tags,
        summary: 'Make this the whole policy; with dryRun=true only say what would become another',
        consumes: ['application/json', YAML_TYPE],
        querystring: Type.Object({ dryRun: Type.Optional(oneOf(['true', 'false'])) }, strict),
        body: PolicyBody,
        response: { 200: answer(PolicyDifferenceShown, 'What became, or would become, another'), ...refusals },
      },
    },
    async (request, reply) => {
      const wanted = readDocument(request.body)
      const expect = expectMatch(request, view)
      if (isDry(request.query)) {
        expect(unit)
        return reply.send(comparePolicy(unit, wanted))
      }
      const difference = await applyPolicy(unit, callerOf(request), wanted, () => expect(unit))
      return withTag(unit, reply).send(difference)
    },
  )
}

/** The one place that tells whether a call changes anything: what it needs and what it does must not differ. */
function isDry(query: unknown): boolean {
  return typeof query === 'object' && query !== null && 'dryRun' in query && query.dryRun === 'true'
}

function defaultRoute(api: Api, unit: Unit): void {
  api.patch(
    '/policy',
    {
      schema: {
        tags,
        summary: 'Say what a gateway may do of which no rule says anything',
        body: Type.Object({ default: DefaultName }, strict),
        response: { 200: answer(PolicyShown, 'The policy'), ...refusals },
      },
    },
    async (request, reply) => {
      const expect = expectMatch(request, view)
      await setDefaultPolicy(unit, callerOf(request), request.body.default, () => expect(unit))
      return sendObject(request, reply, view(unit))
    },
  )
}

/** That of the policy as it is now, for whoever changes it again. */
function withTag(unit: Unit, reply: FastifyReply): FastifyReply {
  return reply.header('etag', etagOf(view(unit)))
}
