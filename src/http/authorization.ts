import type { FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyContextConfig {
    scope?: 'read' | 'admin' | 'agent'
  }
}
export function expectHost(_request: FastifyRequest, _host: string): void {}
