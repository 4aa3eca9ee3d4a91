import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { SECOND_MS } from '../domain/lifetime.ts'
import type { ApiAddress } from '../setting-texts.ts'
import { Refusal, readProblem, Unreachable } from './refusal.ts'
import { openAnswer, type Question, readAll } from './transport.ts'
import { WrongUsage } from './wrong-usage.ts'

/** Asks the API. `T` is what its description promises for the call. */
export type ApiClient = {
  /** @throws Refusal, Unreachable */
  json<T>(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<T>
  /**
   * An object, and its tag for If-Match.
   * @throws Refusal, Unreachable
   */
  tagged<T>(path: string): Promise<{ value: T; etag: string }>
  /** @throws Refusal, Unreachable */
  text(path: string): Promise<string>
  /**
   * The text of an answer that goes on until somebody ends it, as it comes; the promise holds as soon as it begins.
   * @throws Refusal, Unreachable, also while it is read
   */
  stream(path: string, call: StreamCall): Promise<AsyncIterable<string>>
}

export type StreamCall = { headers?: Readonly<Record<string, string>>; signal?: AbortSignal | undefined }

/** How long the service may be silent: it makes RSA keys for a minute when it is asked for many. */
const SILENCE_MS = 300 * SECOND_MS

/** What goes on without end says something every 15 seconds. */
const STREAM_SILENCE_MS = 45 * SECOND_MS

/** @throws WrongUsage when the token's file can't be used */
export function createApiClient(address: ApiAddress, tokenFile: string | undefined, silenceMs = SILENCE_MS): ApiClient {
  const where = 'socket' in address ? address.socket : address.url
  const token = tokenFile === undefined ? undefined : readToken(tokenFile)
  const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }

  const open = async (question: Question, timeout: number) => {
    const headers = { ...authorization, ...question.headers }
    const answer = await reaching(where, openAnswer(address, { ...question, headers }, timeout))
    await expectSuccess(where, answer)
    return answer
  }
  const ask = async (question: Question) => reaching(where, readAll(await open(question, silenceMs)))

  return {
    json: async (method, path, body, headers = {}) => parse(await ask({ method, path, body, headers }), where),
    tagged: async (path) => {
      const answer = await open({ method: 'GET', path }, silenceMs)
      const { etag = '*' } = answer.headers
      return { value: parse(await reaching(where, readAll(answer)), where), etag }
    },
    text: async (path) => checkText(await ask({ method: 'GET', path }), where),
    stream: async (path, call) => chunksOf(where, await open({ method: 'GET', path, ...call }, STREAM_SILENCE_MS)),
  }
}

/** @throws Unreachable, with what to do about it */
async function reaching<T>(where: string, work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw new Unreachable(explain(where, error), { cause: error })
  })
}

/** @throws Refusal in the service's own words */
async function expectSuccess(where: string, answer: IncomingMessage): Promise<void> {
  const { statusCode = 0 } = answer
  if (statusCode >= 200 && statusCode < 300) return
  const problem = readProblem(await reaching(where, readAll(answer)))
  if (problem === undefined) throw new Unreachable(`what answers at ${where} is not vpnunit: it says ${statusCode}`)
  throw new Refusal(problem)
}

async function* chunksOf(where: string, answer: IncomingMessage): AsyncIterable<string> {
  try {
    answer.setEncoding('utf8')
    for await (const chunk of answer) yield chunk
  } catch (error) {
    throw new Unreachable(explain(where, error), { cause: error })
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
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) {
    return `what answers at ${where} speaks no TLS: does VPNUNIT_API say https:// where the service has http://?`
  }
  if (/SELF_SIGNED|UNABLE_TO_(GET|VERIFY)/.test(code)) {
    return `the certificate of ${where} is of an authority that is not known here: name its file in NODE_EXTRA_CA_CERTS`
  }
  return `the service at ${where} can't be asked: ${wordsOf(error)}`
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
