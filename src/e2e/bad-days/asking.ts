import type { GatewayBody, Reply, Service } from '../lab/service.ts'

export type ProblemBody = { type: string; status: number; detail: string; location?: string }

/**
 * A request that must be answered 2xx.
 * @throws Error with the answer
 */
export async function ask<Body>(service: Service, method: string, path: string, body?: object): Promise<Body> {
  const reply = await service.request<Body>(method, path, body)
  if (reply.status >= 300) throw new Error(`${method} ${path} was answered ${reply.status}: ${reply.text}`)
  return reply.body
}

export async function addUser(service: Service, name: string, number?: number): Promise<void> {
  await ask(service, 'POST', '/users', { name, ...(number === undefined ? {} : { number }) })
}

/** Adds a gateway, which must succeed, and answers its serial. */
export async function addGateway(service: Service, name: string, user = 'ada'): Promise<string> {
  return (await ask<GatewayBody>(service, 'POST', '/gateways', { name, user })).certificate.serial
}

/** The same where the answer is what the test is about. */
export function tryGateway(service: Service, name: string, user = 'ada'): Promise<Reply<GatewayBody & ProblemBody>> {
  return service.request('POST', '/gateways', { name, user })
}
