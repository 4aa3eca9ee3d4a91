import { Type } from 'typebox'
import { type Question as Asked, explain } from '../domain/policy/explain.ts'
import { parsePeer } from '../domain/policy/peer.ts'
import type { Policy } from '../domain/policy/policy.ts'
import { expectKnownNames } from '../provision/apply-policy.ts'
import { collectFaults } from '../provision/faults.ts'
import { knownPeer } from '../provision/known.ts'
import { readPolicy, readWorld } from '../provision/read-policy.ts'
import type { Unit } from '../unit.ts'
import { type Api, answer, refusals } from './api.ts'
import { viewExplanation } from './explanation-view.ts'
import { POLICY_LIMIT } from './policy.ts'
import { ExplanationShown } from './policy-answer-schemas.ts'
import { expectPort, readDocument } from './policy-document.ts'
import { End, FlowProtocol, PolicyBody, Port } from './policy-schemas.ts'
import { strict } from './schemas.ts'

const Question = Type.Object(
  { from: End, to: End, protocol: FlowProtocol, port: Type.Optional(Port), policy: Type.Optional(PolicyBody) },
  strict,
)

/** What becomes of a connection, and why. It changes nothing, so whoever reads may ask. */
export function policyExplainRoute(api: Api, unit: Unit): void {
  api.post(
    '/policy/explain',
    {
      config: { scope: 'read' },
      bodyLimit: POLICY_LIMIT,
      schema: {
        tags: ['policy'],
        summary: 'Say whether a connection is allowed, and which rule decides, today or with a policy that is proposed',
        body: Question,
        response: { 200: answer(ExplanationShown, 'The verdict, and why'), ...refusals },
      },
    },
    (request, reply) => {
      const { from, to, protocol, port, policy: document } = request.body
      expectPort(protocol, port)
      const question = { from: parsePeer(from), to: parsePeer(to), protocol, port }
      const proposed = document && readDocument(document)
      if (proposed !== undefined) expectKnownNames(unit, proposed)
      const policy = proposed?.policy ?? readPolicy(unit)
      expectKnownEnds(unit, policy, question)
      const world = readWorld(unit, policy)
      return reply.send(viewExplanation(explain(policy, world, question), policy, world))
    },
  )
}

/** @throws Problem user-unknown, gateway-unknown, group-unknown: "nobody" would hide that a name is mistyped */
function expectKnownEnds(unit: Unit, { groups }: Policy, { from, to }: Pick<Asked, 'from' | 'to'>): void {
  const faults = collectFaults()
  for (const [field, peer] of Object.entries({ from, to })) {
    faults.at(`/${field}`, () => knownPeer(unit, peer, (name) => groups.some((group) => group.name === name)))
  }
  faults.refuse()
}
