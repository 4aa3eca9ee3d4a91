import { readFileSync, statSync } from 'node:fs'
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http'
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createSecureContext } from 'node:tls'
import type { Config } from '../config.ts'
import { MINUTE_MS, SECOND_MS } from '../domain/lifetime.ts'
import type { Api } from '../http/api.ts'
import { acceptedBy, type Listener } from '../http/authentication.ts'
import { bareProblem } from '../http/problem-answers.ts'
import { removeFile } from '../publish/files.ts'
import { SECRET } from '../publish/layout.ts'
import { StartError } from './start-error.ts'

/** A slow caller must not hold a connection for ever. */
const LIMITS = {
  connectionsCheckingInterval: 5 * SECOND_MS,
  headersTimeout: 10 * SECOND_MS,
  requestTimeout: 30 * SECOND_MS,
  keepAliveTimeout: MINUTE_MS,
}

/** What Node would refuse by itself is refused by a problem document, or served: nothing here needs a Host. */
const LENIENCE = { requireHostHeader: false }

/** How long a stop waits for the requests that are under way. */
const STOP_MS = 10 * SECOND_MS
const STOP_LOOK_MS = 20

/** Who may open a unix socket: the owner alone, or the group that agents and OpenVPN share. */
const SOCKET_MODES = { socket: SECRET, 'agent-socket': 0o660 }

/** A server that accepts connections, and says of each which one it was. */
export type OpenListener = { close(): Promise<void> }

/**
 * Listens on a unix socket: the administrator's in the data directory, or the agents'. The file's mode is the lock: the
 * umask closes it to everybody else from the moment it is there. A socket that a crash left is removed: the data
 * directory's lock is ours.
 */
export async function listenOnSocket(
  api: Api,
  path: string,
  listener: keyof typeof SOCKET_MODES = 'socket',
): Promise<OpenListener> {
  removeFile(path)
  const server = createHttpServer({ ...LIMITS, ...LENIENCE }, handlerOf(api))
  const umask = process.umask(~SOCKET_MODES[listener] & 0o777)
  try {
    return await open(server, listener, (ready) => server.listen(path, ready))
  } finally {
    process.umask(umask)
  }
}

/** Listens on TCP, with TLS where the configuration has a certificate. */
export async function listenOnTcp(api: Api, config: Config): Promise<OpenListener> {
  const { tls, port, host } = config
  const server =
    tls === undefined ? createHttpServer({ ...LIMITS, ...LENIENCE }, handlerOf(api)) : createTlsServer(api, tls)
  try {
    return await open(server, 'tcp', (ready) => server.listen(port, host, ready))
  } catch (error) {
    throw explainListen(error, config)
  }
}

function explainListen(error: unknown, { host, port }: Config): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') return new StartError(`VPNUNIT_PORT ${port} of ${host} is in use by another program`)
  if (code === 'EADDRNOTAVAIL') return new StartError(`VPNUNIT_HOST ${host} is no address of this machine`)
  if (code === 'EACCES') return new StartError(`VPNUNIT_PORT ${port} may be opened by root alone: take one above 1023`)
  return error
}

function handlerOf(api: Api): RequestListener {
  return (request, response) => api.routing(request, response)
}

async function open(
  server: Server | HttpsServer,
  listener: Listener,
  listen: (ready: () => void) => void,
): Promise<OpenListener> {
  const mark = (socket: Socket) => acceptedBy(socket, listener)
  server.on('connection', mark)
  server.on('secureConnection', mark)
  server.on('clientError', refuseBytes)
  server.on('checkExpectation', (request, response) => server.emit('request', request, response))
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject)
    listen(resolve)
  })
  return { close: () => closeServer(server) }
}

/** What is no HTTP gets a problem document too, if its sender still listens. */
function refuseBytes(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const body = bareProblem('These bytes are no HTTP request, or its headers are too large or too slow.')
  const head = `HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n`
  socket.end(head + body)
}

function createTlsServer(api: Api, files: { certificate: string; key: string }): HttpsServer {
  const read = () =>
    ({ cert: readFileSync(files.certificate), key: readFileSync(files.key), minVersion: 'TLSv1.2' }) as const
  const server = createHttpsServer({ ...LIMITS, ...LENIENCE, ...readFirst(read) }, handlerOf(api))
  // Whoever renews the certificate needs not know this process.
  let readAt = statSync(files.certificate).mtimeMs
  const timer = setInterval(() => {
    const changedAt = statSync(files.certificate, { throwIfNoEntry: false })?.mtimeMs
    if (changedAt === undefined || changedAt === readAt) return
    try {
      server.setSecureContext(read())
      readAt = changedAt
    } catch {
      // Half of a pair that is being replaced: the next minute sees both.
    }
  }, MINUTE_MS).unref()
  server.on('close', () => clearInterval(timer))
  return server
}

/** @throws StartError */
function readFirst<T extends object>(read: () => T): T {
  try {
    const files = read()
    createSecureContext(files)
    return files
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StartError(`VPNUNIT_TLS_CERT and VPNUNIT_TLS_KEY can't be used: ${reason}`)
  }
}

/** Accepts nobody any more, lets what is under way finish, and ends what takes too long. */
async function closeServer(server: Server | HttpsServer): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  // Again and again, because a connection is idle only when what is under way on it is answered.
  const idle = setInterval(() => server.closeIdleConnections(), STOP_LOOK_MS)
  const timer = setTimeout(() => server.closeAllConnections(), STOP_MS)
  await closed
  clearInterval(idle)
  clearTimeout(timer)
}
