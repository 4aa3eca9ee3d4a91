import type { FastifyError, FastifyReply, FastifyRequest, FastifySchemaValidationError } from 'fastify'
import { Problem } from '../domain/problem.ts'
import { toFieldFault } from './fault-words.ts'
import { PROBLEMS } from './problems.ts'
import { YAML_TYPE } from './yaml.ts'

const TYPE = 'application/problem+json; charset=utf-8'

/** How many faults are listed: who sends thousands of them has another question. */
const FAULTS_MAX = 50

/** Answers with a problem document; what is not a refusal is logged with its stack and answered without detail. */
export function answerProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = toProblem(error, request)
  const { status, title } = PROBLEMS[problem.code]
  if (status >= 500) request.log.error({ err: error }, problem.code)
  if (problem.code === 'unauthorized') reply.header('www-authenticate', 'Bearer')
  if (problem.extras.location !== undefined) reply.header('location', problem.extras.location)
  return reply
    .code(status)
    .type(TYPE)
    .send({
      type: `/problems/${problem.code}`,
      title,
      status,
      detail: problem.message,
      instance: `urn:request:${request.id}`,
      ...problem.extras,
    })
}

/** The problem document of a request that never became one: its bytes are no HTTP. */
export function bareProblem(detail: string): string {
  const { title } = PROBLEMS['bad-request']
  return JSON.stringify({ type: '/problems/bad-request', title, status: 400, detail })
}

function toProblem(error: unknown, request: FastifyRequest): Problem {
  if (error instanceof Problem) return error
  const fault = error as Partial<FastifyError>
  if (fault.validation !== undefined) return invalid(fault.validation, fault.validationContext ?? 'body')
  if (fault.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new Problem('unsupported-media-type', mediaTypeWords(request))
  }
  if (fault.code === 'FST_ERR_CTP_BODY_TOO_LARGE' || fault.statusCode === 413) {
    return new Problem('body-too-large', 'The body is larger than this call takes.')
  }
  if (fault.statusCode !== undefined && fault.statusCode >= 400 && fault.statusCode < 500) {
    return new Problem('bad-request', unreadable(fault))
  }
  return new Problem('internal', 'Something went wrong here; the log of the service says what.', {}, { cause: error })
}

/** JSON is what every call takes that takes a body; one that takes more says so to the description. */
function mediaTypeWords({ routeOptions }: FastifyRequest): string {
  const { consumes } = (routeOptions.schema ?? {}) as { consumes?: string[] }
  if (!consumes?.includes(YAML_TYPE)) return 'Send the body as JSON, with the header "Content-Type: application/json".'
  return `Send the body as JSON or YAML, with the header "Content-Type: application/json" or "${YAML_TYPE}".`
}

/** JSON.parse repeats what it could not read; a body may hold a secret, so its words are not repeated. */
function unreadable(fault: Partial<FastifyError>): string {
  return fault.code?.startsWith('FST_') ? `${(fault.message ?? '').slice(0, 200)}.` : 'The body is not JSON.'
}

function invalid(faults: FastifySchemaValidationError[], where: string): Problem {
  const errors = ofChosenBranch(faults).slice(0, FAULTS_MAX).map(toFieldFault)
  const [first] = errors
  const sentence = first === undefined ? 'it is not as described' : `${first.field || 'it'} ${first.message}`
  return new Problem('bad-request', `The ${nameOf(where)} is refused: ${sentence}.`, { errors })
}

/** Where a body may be one object or a list, what was wrong with the other of the two is not said. */
function ofChosenBranch(faults: FastifySchemaValidationError[]): FastifySchemaValidationError[] {
  const plain = faults.filter(({ keyword }) => keyword !== 'anyOf')
  const inside = plain.filter(({ instancePath, keyword }) => instancePath !== '' || keyword !== 'type')
  return inside.length > 0 ? inside : plain
}

function nameOf(where: string): string {
  return { querystring: 'query', params: 'path' }[where] ?? where
}
