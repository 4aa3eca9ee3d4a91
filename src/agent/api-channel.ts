import { readFileSync } from 'node:fs'
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { ApiAddress } from '../setting-texts.ts'

export type Question = {
  method: 'GET' | 'POST' | 'PUT'
  path: string
  body?: unknown
  /** How long the answer may take. */
  timeoutMs: number
  signal?: AbortSignal | undefined
}

export type Reply = { status: number; body: unknown }

/** Asks the service. */
export type ApiChannel = {
  /** @throws Error when nobody answers, or what answers is not vpnunit */
  ask(question: Question): Promise<Reply>
  close(): void
}

/** The whole state of a /40 is a tenth of it. */
const MOST_BYTES = 256 * 1024 * 1024

const unzip = promisify(gunzip)

/** Connections are kept, one for what waits and another for what is told. */
export function openApiChannel(address: ApiAddress, tokenFile: string | undefined): ApiChannel {
  const isTls = 'url' in address && address.url.startsWith('https:')
  const agent = isTls ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true })
  return {
    ask: async ({ method, path, body, timeoutMs, signal }) => {
      const payload = body === undefined ? undefined : JSON.stringify(body)
      const options = {
        ...placeOf(address, path),
        method,
        agent,
        headers: headersOf(payload, tokenFile),
        signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])]),
      }
      const response = await send(isTls, options, payload)
      return { status: response.statusCode ?? 0, body: await readBody(response) }
    },
    close: () => agent.destroy(),
  }
}

type Place = { socketPath: string; path: string } | { host: string; port: string; path: string }

/** The service may stand below a path of somebody else's server. */
function placeOf(address: ApiAddress, path: string): Place {
  if ('socket' in address) return { socketPath: address.socket, path }
  const { hostname, port, pathname } = new URL(address.url)
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port, path: pathname.replace(/\/+$/, '') + path }
}

/** The token is read each time, so that another one needs no restart. */
function headersOf(payload: string | undefined, tokenFile: string | undefined): Record<string, string> {
  return {
    'accept-encoding': 'gzip',
    ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
    ...(tokenFile === undefined ? {} : { authorization: `Bearer ${readFileSync(tokenFile, 'utf8').trim()}` }),
  }
}

function send(isTls: boolean, options: object, payload: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = isTls ? requestHttps(options) : requestHttp(options)
    request.on('error', reject)
    request.on('response', resolve)
    request.end(payload)
  })
}

async function readBody(response: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MOST_BYTES) throw new Error('the answer is too long')
    chunks.push(chunk)
  }
  const raw = Buffer.concat(chunks)
  const isZipped = response.headers['content-encoding'] === 'gzip'
  const text = (isZipped ? await unzip(raw, { maxOutputLength: MOST_BYTES }) : raw).toString()
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    throw new Error(`what answers is not vpnunit: status ${response.statusCode}, and no JSON`)
  }
}

/** What a refusal says, in its own words where it has any. */
export function refusalOf({ status, body }: Reply): string {
  const detail = typeof body === 'object' && body !== null && 'detail' in body ? String(body.detail) : ''
  return `it says ${status}${detail === '' ? '' : `: ${detail.slice(0, 300)}`}`
}
