import { readFile } from 'node:fs/promises'
import { Type } from 'typebox'
import type { Unit } from '../unit.ts'
import { type Api, refusals } from './api.ts'

/** What everybody may fetch because it is worthless to hide: the authority's certificate and the revocation list. */
export function publicFileRoutes(api: Api, unit: Unit): void {
  servePem(api, '/ca.crt', unit.layout.caCertificate, 'application/x-pem-file', 'The authority’s certificate')
  servePem(api, '/crl.pem', unit.layout.crl, 'application/x-pem-file', 'The revocation list in place')
}

function servePem(api: Api, url: string, path: string, type: string, summary: string): void {
  api.get(
    url,
    {
      schema: {
        tags: ['service'],
        security: [],
        summary,
        response: { 200: { description: 'PEM', content: { [type]: { schema: Type.String() } } }, ...refusals },
      },
    },
    async (_, reply) => reply.type(type).send(await readFile(path)),
  )
}
