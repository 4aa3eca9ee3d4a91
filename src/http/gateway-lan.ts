import { Type } from 'typebox'
import { DEFAULT_LAN_FORMAT, LAN_FORMATS, type LanFormat, parseLanInterface } from '../domain/lan-interface.ts'
import { type Fqdn, parseFqdn } from '../domain/names.ts'
import { knownGateway } from '../provision/known.ts'
import { renderLan } from '../render/lan.ts'
import type { Unit } from '../unit.ts'
import { type Api, GATEWAY_PATHS, refusals } from './api.ts'
import { MUST } from './fault-words.ts'
import { Name, oneOf } from './schemas.ts'

const params = Type.Object({ fqdn: Name }, { additionalProperties: false })

const querystring = Type.Object(
  {
    interface: Type.String({
      maxLength: 255,
      description: 'The LAN’s device, such as br-lan; for openwrt the interface section, such as lan',
    }),
    format: Type.Optional(oneOf(LAN_FORMATS, `What configures the router; ${DEFAULT_LAN_FORMAT} when it is not given`)),
    network: Type.Optional(
      Type.String({
        pattern: '^[0-9a-f]$',
        [MUST]: 'be one digit, 0 to 9 or a to f',
        description: 'Which of the sixteen networks, 0 to f; 0 when it is not given',
      }),
    ),
  },
  { additionalProperties: false },
)

type Wanted = { interface: string; format?: LanFormat; network?: string }

/** What a router needs so that one of its gateway's networks is on a LAN. */
export function gatewayLanRoutes(api: Api, unit: Unit): void {
  for (const path of GATEWAY_PATHS) {
    api.get(
      `${path}/lan`,
      {
        schema: {
          tags: ['gateways'],
          summary: 'Print the configuration that puts one of a gateway’s networks on a LAN of its router',
          params,
          querystring,
          response: {
            200: { description: 'The piece of configuration', content: { 'text/plain': { schema: Type.String() } } },
            ...refusals,
          },
        },
      },
      (request, reply) => {
        const text = lanOf(unit, parseFqdn(request.params.fqdn), request.query)
        return reply.type('text/plain; charset=utf-8').send(text)
      },
    )
  }
}

function lanOf(unit: Unit, name: Fqdn, wanted: Wanted): string {
  const format = wanted.format ?? DEFAULT_LAN_FORMAT
  return renderLan(format, {
    name,
    plan: unit.config.plan,
    place: knownGateway(unit, name),
    network: Number.parseInt(wanted.network ?? '0', 16),
    interface: parseLanInterface(format, wanted.interface),
  })
}
