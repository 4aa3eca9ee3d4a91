import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { VERSION } from '../version.ts'
import type { Api } from './api.ts'

const TEXT = `Users, their gateways, certificates and addresses of an IPv6 VPN.

Over TCP every call but those marked public needs \`Authorization: Bearer <token>\`; on the unix socket in the data
directory the file's mode is the lock. A token's scope is \`admin\`, for everything; \`read\`, for what shows and holds no
key; or \`agent:<host>\`, for the calls of that host's agent. Refusals are problem documents (RFC 9457), whose \`type\` is a path here that
explains it. Objects carry an \`ETag\`, and changing calls honour \`If-Match\`.`

/** OpenAPI 3.1 at /openapi.json, made from the routes themselves, and a page to browse it at /docs. */
export async function describeApi(api: Api): Promise<void> {
  await api.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'vpnunit', version: VERSION, description: TEXT },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
    transformObject: (document) =>
      optionalBodies('openapiObject' in document ? document.openapiObject : document.swaggerObject),
    refResolver: { buildLocalReference: (json, _uri, _fragment, i) => String(json.$id ?? `schema-${i}`) },
  })
  await api.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { docExpansion: 'list', deepLinking: true },
    staticCSP: true,
    // The page must work over plain HTTP too, on loopback and where that is meant.
    transformStaticCSP: (header) => header.replace(/;?\s*upgrade-insecure-requests/, ''),
  })
  api.get('/openapi.json', { schema: { hide: true } }, (_, reply) => reply.send(api.swagger()))
}

type Operation = { requestBody?: { required?: boolean; content?: Record<string, { schema?: { type?: unknown } }> } }

/** swagger says of every body that it is required; one that may be null may be left away. */
function optionalBodies<T extends object>(document: T): T {
  const paths: Record<string, Record<string, Operation>> = 'paths' in document ? Object(document.paths) : {}
  for (const { requestBody } of Object.values(paths).flatMap((path) => Object.values(path))) {
    const type = requestBody?.content?.['application/json']?.schema?.type
    if (requestBody !== undefined && Array.isArray(type) && type.includes('null')) requestBody.required = false
  }
  return document
}
