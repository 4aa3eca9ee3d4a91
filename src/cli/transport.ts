import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { SECOND_MS } from '../domain/lifetime.ts'
import type { ApiAddress } from '../setting-texts.ts'

export type Question = {
  method: string
  path: string
  headers?: Readonly<Record<string, string>>
  body?: unknown
  /** Hangs up when it aborts. */
  signal?: AbortSignal | undefined
}

/** Asks once, and returns the answer as soon as it begins. A connection that is silent for `timeout` milliseconds ends. */
export function openAnswer(address: ApiAddress, question: Question, timeout: number): Promise<IncomingMessage> {
  const { method, path, body, signal } = question
  const payload = body === undefined ? undefined : JSON.stringify(body)
  const headers = { ...(payload === undefined ? {} : { 'content-type': 'application/json' }), ...question.headers }
  const options = { method, headers, timeout, ...(signal === undefined ? {} : { signal }) }
  return new Promise((resolve, reject) => {
    const sent =
      'socket' in address
        ? requestHttp({ socketPath: address.socket, path, ...options })
        : requestOf(address.url)(urlOf(address.url, path), options)
    sent.on('timeout', () => sent.destroy(new Error(`no answer for ${timeout / SECOND_MS} seconds`)))
    sent.on('error', reject)
    sent.on('response', resolve)
    sent.end(payload)
  })
}

/** The whole text of an answer. */
export async function readAll(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

function requestOf(url: string): typeof requestHttp {
  return url.startsWith('https:') ? (requestHttps as typeof requestHttp) : requestHttp
}

/** The service may stand below a path of somebody else's server. */
function urlOf(url: string, path: string): URL {
  const { origin, pathname } = new URL(url)
  return new URL(origin + pathname.replace(/\/+$/, '') + path)
}
