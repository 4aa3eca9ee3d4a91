import { readFileSync } from 'node:fs'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { SECOND_MS } from '../domain/lifetime.ts'
import type { ApiAddress } from '../settings.ts'
import { Refusal, readProblem, Unreachable } from './refusal.ts'
import { WrongUsage } from './wrong-usage.ts'

/** Asks the API. `T` is what its description promises for the call. */
export type ApiClient = {
  /** @throws Refusal, Unreachable */
  json<T>(method: string, path: string, body?: unknown): Promise<T>
  /** @throws Refusal, Unreachable */
  text(path: string): Promise<string>
}

type Question = { method: string; path: string; body?: unknown }
type Answer = { status: number; text: string }

/** How long the service may be silent: it makes RSA keys for a minute when it is asked for many. */
const SILENCE_MS = 300 * SECOND_MS

/** @throws WrongUsage when the token's file can't be used */
export function createApiClient(address: ApiAddress, tokenFile: string | undefined, silenceMs = SILENCE_MS): ApiClient {
  const where = 'socket' in address ? address.socket : address.url
  const token = tokenFile === undefined ? undefined : readToken(tokenFile)

  async function ask(question: Question): Promise<string> {
    const { status, text } = await send(address, token, question, silenceMs).catch((error: unknown) => {
      throw new Unreachable(explain(where, error), { cause: error })
    })
    if (status >= 200 && status < 300) return text
    const problem = readProblem(text)
    if (problem === undefined) throw new Unreachable(`what answers at ${where} is not vpnunit: it says ${status}`)
    throw new Refusal(problem)
  }

  return {
    json: async (method, path, body) => parse(await ask({ method, path, body }), where),
    text: async (path) => checkText(await ask({ method: 'GET', path }), where),
  }
}

function readToken(file: string): string {
  try {
    const token = readFileSync(file, 'utf8').trim()
    if (!/^[\x21-\x7e]+$/.test(token)) throw new Error('it must hold one word')
    return token
  } catch (error) {
    throw new WrongUsage(`VPNUNIT_TOKEN_FILE ${file} can't be used: ${wordsOf(error)}`)
  }
}

function send(
  address: ApiAddress,
  token: string | undefined,
  { method, path, body }: Question,
  timeout: number,
): Promise<Answer> {
  const payload = body === undefined ? undefined : JSON.stringify(body)
  const headers = {
    ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  }
  return new Promise((resolve, reject) => {
    const sent =
      'socket' in address
        ? requestHttp({ socketPath: address.socket, method, path, headers, timeout })
        : requestOf(address.url)(urlOf(address.url, path), { method, headers, timeout })
    sent.on('timeout', () => sent.destroy(new Error(`no answer for ${timeout / SECOND_MS} seconds`)))
    sent.on('error', reject)
    sent.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }))
    })
    sent.end(payload)
  })
}

function requestOf(url: string): typeof requestHttp {
  return url.startsWith('https:') ? (requestHttps as typeof requestHttp) : requestHttp
}

/** The service may stand below a path of somebody else's server. */
function urlOf(url: string, path: string): URL {
  const { origin, pathname } = new URL(url)
  return new URL(origin + pathname.replace(/\/+$/, '') + path)
}

function parse<T>(text: string, where: string): T {
  try {
    return (text === '' ? undefined : JSON.parse(text)) as T
  } catch {
    throw new Unreachable(`what answers at ${where} is not vpnunit: its answer is not JSON`)
  }
}

/** What goes to a file or a terminal as it is holds lines of text, and nothing that a terminal would obey. */
function checkText(text: string, where: string): string {
  if (/[^\P{C}\n\t]/u.test(text))
    throw new Unreachable(`what answers at ${where} is not vpnunit: its answer is no text`)
  return text
}

/** The failures that an administrator meets, with what to do about them. */
function explain(where: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ENOENT') return `there is no ${where}: is the service running, with this VPNUNIT_DATA?`
  if (code === 'ECONNREFUSED') return `nobody answers at ${where}: is the service running?`
  if (code === 'EACCES') return `you may not open ${where}: call this as the user the service runs as, or as root`
  if (/SELF_SIGNED|UNABLE_TO_(GET|VERIFY)/.test(code)) {
    return `the certificate of ${where} is of an authority that is not known here: name its file in NODE_EXTRA_CA_CERTS`
  }
  return `the service at ${where} can't be asked: ${wordsOf(error)}`
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
