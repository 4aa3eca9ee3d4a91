import { createServer, connect as openSocket, type Socket } from 'node:net'

/** A TCP port of the loopback that nobody has at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('there is no free port')
  return address.port
}

/** A raw connection; what it meets at its end is of no interest. */
export async function connectTo(port: number): Promise<Socket> {
  const socket = openSocket({ port, host: '127.0.0.1', noDelay: true })
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  socket.removeAllListeners('error')
  socket.on('error', () => undefined)
  return socket
}

/** A request as its bytes. */
export function bytesOf(method: string, path: string, body?: object, headers: Record<string, string> = {}): string {
  const text = body === undefined ? '' : JSON.stringify(body)
  const own = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(text.length) }
  const lines = Object.entries({ host: 'localhost', ...own, ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  )
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${text}`
}

/** Sends bytes and answers all that comes back until the other side closes. */
export async function converse(port: number, bytes: string): Promise<string> {
  const socket = await connectTo(port)
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1')
  })
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.write(bytes, 'latin1')
  await closed
  return answer
}
