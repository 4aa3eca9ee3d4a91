import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import { Type } from 'typebox'
import { Problem } from './schemas.ts'

/** A Fastify whose routes take the types of their schemas. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** Refusals, as every call may answer them, for the description. */
export const refusals = {
  '4xx': { description: 'A refusal', content: { 'application/problem+json': { schema: Type.Ref(Problem.$id) } } },
  '5xx': { description: 'A fault', content: { 'application/problem+json': { schema: Type.Ref(Problem.$id) } } },
}

/** An answer that is one of the shared schemas. */
export function answer(schema: { $id: string }, description: string) {
  return { description, content: { 'application/json': { schema: Type.Ref(schema.$id) } } }
}

/** An answer that is a plain array of one of the shared schemas. */
export function listAnswer(schema: { $id: string }, description: string) {
  return { description, content: { 'application/json': { schema: Type.Array(Type.Ref(schema.$id)) } } }
}

/** What creating one object, or a list of them, answers. */
export function oneOrManyAnswer({ $id }: { $id: string }, description: string) {
  const one = Type.Ref($id)
  return { description, content: { 'application/json': { schema: Type.Union([one, Type.Array(one)]) } } }
}

/** Both spellings of a gateway's paths: the first VPNUnit's singular one and the plural. */
export const GATEWAY_PATHS = ['/gateway/:fqdn', '/gateways/:fqdn'] as const
