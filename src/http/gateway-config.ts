import { Type } from 'typebox'
import { certificatePem } from '../ca/authority.ts'
import { privateKeyPem } from '../ca/key-pair.ts'
import { keyContext, tlsCryptContext } from '../domain/key-context.ts'
import { type Fqdn, parseFqdn } from '../domain/names.ts'
import { knownGateway } from '../provision/known.ts'
import { renderClientProfile } from '../render/client-profile.ts'
import type { Unit } from '../unit.ts'
import { type Api, GATEWAY_PATHS, refusals } from './api.ts'
import { Name } from './schemas.ts'

const params = Type.Object({ fqdn: Name }, { additionalProperties: false })

const PROFILE = 'application/x-openvpn-profile'

/** The file that makes a device a gateway. */
export function gatewayConfigRoutes(api: Api, unit: Unit): void {
  for (const path of GATEWAY_PATHS) {
    api.get(
      `${path}/config`,
      {
        // It holds the private key, which whoever may only read must not have.
        config: { scope: 'admin' },
        schema: {
          tags: ['gateways'],
          summary: 'Download a gateway’s OpenVPN configuration, everything inline',
          params,
          response: {
            200: { description: 'The profile', content: { [PROFILE]: { schema: Type.String() } } },
            ...refusals,
          },
        },
      },
      (request, reply) => {
        const name = parseFqdn(request.params.fqdn)
        const profile = profileOf(unit, name)
        reply.type(PROFILE).header('content-disposition', `attachment; filename="${name}.ovpn"`)
        return reply.send(profile)
      },
    )
  }
}

function profileOf(unit: Unit, name: Fqdn): string {
  const { serial } = knownGateway(unit, name)
  const certificate = unit.store.certificates.find(serial)
  if (certificate === undefined || certificate.sealedTlsCryptKey === null) {
    throw new Error(`the certificate ${serial} of ${name} is not whole`)
  }
  const { sealedKey, sealedTlsCryptKey } = certificate
  return renderClientProfile({
    name,
    remote: unit.config.remote,
    instances: unit.config.instances,
    serverName: unit.serverName,
    ca: certificatePem(unit.authority.certificate.der),
    certificate: certificatePem(certificate.der),
    key: sealedKey === null ? undefined : privateKeyPem(unit.vault.open(sealedKey, keyContext(serial))),
    tlsCryptKey: unit.vault.open(sealedTlsCryptKey, tlsCryptContext(serial)).toString(),
  })
}
