import { Type } from 'typebox'
import { parseFqdn } from '../domain/names.ts'
import { gatewayPrefix } from '../domain/plan.ts'
import { knownGateway } from '../provision/known.ts'
import { readPolicy } from '../provision/read-policy.ts'
import { renderConnect, renderDisconnect } from '../render/ruleset-elements.ts'
import type { GatewayRow } from '../store/gateway-rows.ts'
import type { Unit } from '../unit.ts'
import { type Api, GATEWAY_PATHS, refusals } from './api.ts'
import { MUST } from './fault-words.ts'
import { Name, oneOf, strict } from './schemas.ts'

const params = Type.Object({ fqdn: Name }, strict)

const EVENTS = ['connect', 'disconnect'] as const

const querystring = Type.Object(
  {
    event: oneOf(EVENTS, 'What happens to the gateway'),
    device: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z][A-Za-z0-9._-]{0,14}$',
        [MUST]: 'be the name of a device such as tun1',
        description: 'The tunnel’s device that it is connected to; without it the static server’s',
      }),
    ),
  },
  strict,
)

type Wanted = { event: (typeof EVENTS)[number]; device?: string }

/** What a VPN host tells its kernel when a gateway connects or is gone. */
export function gatewayFirewallRoutes(api: Api, unit: Unit): void {
  for (const path of GATEWAY_PATHS) {
    api.get(
      `${path}/firewall`,
      {
        schema: {
          tags: ['gateways'],
          summary: 'Print what nft is given when a gateway connects or is gone; nothing is done',
          params,
          querystring,
          response: {
            200: { description: 'The input of nft -f', content: { 'text/plain': { schema: Type.String() } } },
            ...refusals,
          },
        },
      },
      (request, reply) => {
        const gateway = knownGateway(unit, parseFqdn(request.params.fqdn))
        return reply.type('text/plain; charset=utf-8').send(changeOf(unit, gateway, request.query))
      },
    )
  }
}

function changeOf(unit: Unit, gateway: GatewayRow, { event, device = unit.config.device }: Wanted): string {
  const prefix = gatewayPrefix(unit.config.plan, gateway)
  const one = { prefix, device, groups: unit.store.members.groupsOf(gateway.name) }
  const render = event === 'connect' ? renderConnect : renderDisconnect
  return render({ policy: readPolicy(unit), connected: [] }, one)
}
