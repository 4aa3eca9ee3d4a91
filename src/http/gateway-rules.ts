import { Type } from 'typebox'
import { parseFqdn } from '../domain/names.ts'
import { knownGateway } from '../provision/known.ts'
import type { Unit } from '../unit.ts'
import { type Api, answer, GATEWAY_PATHS, refusals } from './api.ts'
import { sendObject } from './conditions.ts'
import { EffectiveRules } from './policy-schemas.ts'
import { viewEffectiveRules } from './policy-views.ts'
import { Name, strict } from './schemas.ts'

const params = Type.Object({ fqdn: Name }, strict)

/** What holds for a gateway, from all its groups. */
export function gatewayRuleRoutes(api: Api, unit: Unit): void {
  for (const path of GATEWAY_PATHS) {
    api.get(
      `${path}/rules`,
      {
        schema: {
          tags: ['gateways'],
          summary: 'List the rules that hold for a gateway, in the order they are asked, each with where it comes from',
          params,
          response: { 200: answer(EffectiveRules, 'The rules'), ...refusals },
        },
      },
      (request, reply) => {
        const gateway = knownGateway(unit, parseFqdn(request.params.fqdn))
        return sendObject(request, reply, viewEffectiveRules(unit, gateway))
      },
    )
  }
}
