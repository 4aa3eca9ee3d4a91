import { lstatSync, unlinkSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { DUTY_BYTES_MAX, type DutyAnswer } from '../domain/route-duty.ts'
import { LineTooLong, linesOf } from './lines.ts'
import { StartRefused } from './start-refused.ts'

/** What a unix socket's path may be long, in bytes (unix(7): 108 with the zero at the end). */
const SOCKET_PATH_MAX = 107

/** The socket is for its owner and its group, which is the run folder's (setgid). */
const UMASK = 0o117

/** One agent is at work on a host; the others are its next life, and somebody who looks. */
const PEERS_MAX = 16

/** How many requests of one peer may wait for their answers before more of them are read. */
const UNANSWERED_MAX = 16

export type DutySocket = { close(): Promise<void> }

/**
 * Listens for requests, each a line, and answers each when it is done.
 * @throws StartRefused when another apply answers there, or the path can't be a socket's
 */
export async function openDutySocket(path: string, answer: (line: string) => Promise<DutyAnswer>): Promise<DutySocket> {
  if (Buffer.byteLength(path) > SOCKET_PATH_MAX) {
    throw new StartRefused(
      `VPNUNIT_RUN is too long: ${path} has more than the ${SOCKET_PATH_MAX} bytes of a socket's path`,
    )
  }
  await removeStale(path)
  const peers = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (peer) => {
    peers.add(peer)
    peer.once('close', () => peers.delete(peer))
    void serve(peer, answer)
  })
  server.maxConnections = PEERS_MAX
  await listen(server, path)
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const peer of peers) peer.destroy()
      }),
  }
}

/** A crash leaves its socket behind, and only one that nobody listens on may be taken away. @throws StartRefused */
async function removeStale(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return
  if (!found.isSocket()) throw new StartRefused(`${path} is in the way and is no socket`)
  if (await isAnswered(path)) throw new StartRefused(`another vpnunit apply is at work: it answers on ${path}`)
  unlinkSync(path)
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = connect(path)
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve(false)
      // Full of callers, it is at work all the same.
      else if (error.code === 'EAGAIN') resolve(true)
      else reject(error)
    })
  })
}

async function listen(server: Server, path: string): Promise<void> {
  const umask = process.umask(UMASK)
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(path, resolve)
    })
  } finally {
    process.umask(umask)
  }
}

async function serve(peer: Socket, answer: (line: string) => Promise<DutyAnswer>): Promise<void> {
  const unanswered = new Set<Promise<void>>()
  // One that goes away in the middle is no fault of ours.
  peer.on('error', () => undefined)
  try {
    for await (const line of linesOf(peer, DUTY_BYTES_MAX)) {
      const done = answer(line).then((text) => send(peer, text))
      unanswered.add(done)
      void done.finally(() => unanswered.delete(done)).catch(() => undefined)
      if (unanswered.size >= UNANSWERED_MAX || peer.writableNeedDrain) await settled(peer, unanswered)
    }
  } catch (error) {
    if (error instanceof LineTooLong) send(peer, { id: 0, fault: error.message })
  }
  await Promise.allSettled(unanswered)
  peer.destroySoon()
}

/** One that asks and does not read the answers is asked no more of until it does. */
async function settled(peer: Socket, unanswered: ReadonlySet<Promise<void>>): Promise<void> {
  await Promise.race(unanswered)
  if (!peer.writableNeedDrain) return
  await new Promise<void>((resolve) => {
    peer.once('drain', resolve)
    peer.once('close', resolve)
  })
}

function send(peer: Socket, answer: DutyAnswer): void {
  if (peer.writable) peer.write(`${JSON.stringify(answer)}\n`)
}
