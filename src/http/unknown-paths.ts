import type { FastifyReply, FastifyRequest } from 'fastify'
import { quote } from '../domain/names.ts'
import { Problem } from '../domain/problem.ts'
import type { Api } from './api.ts'

/** Answers for paths that are not there, and says which methods a path takes when it is only the method that is wrong. */
export function refuseUnknownPaths(api: Api): void {
  const known: { pattern: RegExp; methods: string[] }[] = []
  api.addHook('onRoute', ({ url, method }) => {
    const pattern = new RegExp(
      `^${url
        .replaceAll(/:[a-z]+/g, '[^/]+')
        .replaceAll('.', '\\.')
        .replaceAll('*', '.*')}$`,
    )
    known.push({ pattern, methods: [method].flat() })
  })
  api.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? ''
    const methods = known.filter(({ pattern }) => pattern.test(path)).flatMap((route) => route.methods)
    const isRightMethod = methods.length === 0 || methods.includes(request.method)
    throw isRightMethod ? unknownPath(request) : wrongMethod(request, reply, [...new Set(methods)].sort())
  })
}

function unknownPath(request: FastifyRequest): Problem {
  return new Problem('not-found', `There is nothing at ${quote(request.url)}; /docs shows what there is.`)
}

function wrongMethod(request: FastifyRequest, reply: FastifyReply, methods: string[]): Problem {
  reply.header('allow', methods.join(', '))
  return new Problem('method-not-allowed', `This path takes ${methods.join(', ')}, not ${request.method}.`)
}
