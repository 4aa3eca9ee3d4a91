import { randomUUID } from 'node:crypto'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyBaseLogger, LogController } from 'fastify'
import { agentRoutes } from './http/agent.ts'
import { AGENT_SCHEMAS } from './http/agent-schemas.ts'
import type { Api } from './http/api.ts'
import { auditRoutes } from './http/audit.ts'
import { authenticate } from './http/authentication.ts'
import { authorize } from './http/authorization.ts'
import { describeApi } from './http/description.ts'
import { eventRoutes } from './http/events.ts'
import { MUST } from './http/fault-words.ts'
import { gatewayCertificateRoutes } from './http/gateway-certificates.ts'
import { gatewayConfigRoutes } from './http/gateway-config.ts'
import { gatewayFirewallRoutes } from './http/gateway-firewall.ts'
import { gatewayLanRoutes } from './http/gateway-lan.ts'
import { gatewayRuleRoutes } from './http/gateway-rules.ts'
import { gatewaySessionRoutes } from './http/gateway-sessions.ts'
import { gatewayRoutes } from './http/gateways.ts'
import { groupMemberRoutes } from './http/group-members.ts'
import { groupRuleRoutes } from './http/group-rules.ts'
import { groupRoutes } from './http/groups.ts'
import { healthRoute } from './http/health.ts'
import { hostRoutes } from './http/hosts.ts'
import { metricsRoute, openMetrics } from './http/metrics.ts'
import { policyRoutes } from './http/policy.ts'
import { POLICY_ANSWER_SCHEMAS } from './http/policy-answer-schemas.ts'
import { policyExplainRoute } from './http/policy-explain.ts'
import { POLICY_SCHEMAS } from './http/policy-schemas.ts'
import { answerProblem } from './http/problem-answers.ts'
import { problemPages } from './http/problem-pages.ts'
import { publicFileRoutes } from './http/public-files.ts'
import { logRequest, logRequests } from './http/request-log.ts'
import { SHARED } from './http/schemas.ts'
import { SESSION_SCHEMAS } from './http/session-schemas.ts'
import { sessionRoutes } from './http/sessions.ts'
import { statusRoute } from './http/status.ts'
import { tokenRoutes } from './http/tokens.ts'
import { refuseUnknownPaths } from './http/unknown-paths.ts'
import { userRoutes } from './http/users.ts'
import { validatorBuilder } from './http/validation.ts'
import type { Unit } from './unit.ts'

/** The largest body a call takes, in bytes: a certificate request of the largest key is a hundredth of it. */
const BODY_LIMIT = 256 * 1024

/** Every option and every route of the API; it never listens. */
export async function buildApp(unit: Unit): Promise<Api> {
  const api = Fastify({
    loggerInstance: unit.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: () => randomUUID(),
    bodyLimit: BODY_LIMIT,
    // A longer name is refused by its parser, which says why; the router would only not find it.
    routerOptions: { maxParamLength: 16_384 },
    frameworkErrors: (error, request, reply) => {
      answerProblem(error, request, reply)
      logRequest(request, reply)
    },
    ajv: {
      customOptions: {
        removeAdditional: false,
        coerceTypes: false,
        allowUnionTypes: true,
        keywords: [MUST],
      },
    },
    schemaController: { compilersFactory: { buildValidator: validatorBuilder() as never } },
  }).withTypeProvider<TypeBoxTypeProvider>()

  // The views say what goes out; the schemas of answers describe it, and a test holds the two together.
  api.setSerializerCompiler(() => JSON.stringify)
  api.setErrorHandler(answerProblem)
  acceptEmptyJson(api)
  logRequests(api)
  const metrics = openMetrics(api, unit)
  refuseUnknownPaths(api)
  refuseUnknownQueries(api)
  for (const schema of [...SHARED, ...POLICY_SCHEMAS, ...POLICY_ANSWER_SCHEMAS, ...SESSION_SCHEMAS, ...AGENT_SCHEMAS])
    api.addSchema(schema)

  await describeApi(api)
  await api.register((open, _, done) => {
    healthRoute(open, unit)
    publicFileRoutes(open, unit)
    problemPages(open)
    done()
  })
  await api.register((closed, _, done) => {
    closed.addHook('onRequest', (request, reply, next) => {
      // A profile holds a private key, and no proxy may keep it.
      reply.header('cache-control', 'no-store')
      authenticate(unit, request)
      authorize(request)
      next()
    })
    userRoutes(closed, unit)
    gatewayRoutes(closed, unit)
    gatewayConfigRoutes(closed, unit)
    gatewayCertificateRoutes(closed, unit)
    gatewayLanRoutes(closed, unit)
    gatewaySessionRoutes(closed, unit)
    gatewayRuleRoutes(closed, unit)
    gatewayFirewallRoutes(closed, unit)
    groupRoutes(closed, unit)
    groupMemberRoutes(closed, unit)
    groupRuleRoutes(closed, unit)
    policyRoutes(closed, unit)
    policyExplainRoute(closed, unit)
    sessionRoutes(closed, unit)
    hostRoutes(closed, unit)
    eventRoutes(closed, unit)
    agentRoutes(closed, unit)
    tokenRoutes(closed, unit)
    auditRoutes(closed, unit)
    statusRoute(closed, unit)
    metricsRoute(closed, metrics)
    done()
  })
  await api.ready()
  return api
}

/** JSON is the only body there is; a body of nothing counts as none: what a call without one says is better than that JSON can't be empty. */
function acceptEmptyJson(api: Api): void {
  api.removeContentTypeParser('text/plain')
  const parse = api.getDefaultJsonParser('error', 'error')
  api.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else void parse(request, body.toString(), done)
  })
}

/** A misspelt filter must not mean the whole list. */
function refuseUnknownQueries(api: Api): void {
  api.addHook('onRoute', (route) => {
    if (route.schema === undefined || route.schema.hide) return
    route.schema.querystring ??= { type: 'object', properties: {}, additionalProperties: false }
  })
}
