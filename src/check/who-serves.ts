import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { SECOND_MS } from '../domain/lifetime.ts'
import type { Layout } from '../publish/layout.ts'
import { type Finding, fine } from './finding.ts'

/** A server that is too busy to accept is there all the same. */
const PATIENCE_MS = SECOND_MS

/**
 * Whether a server holds the data directory. Its lock could only be asked by taking it, which would turn away a server
 * that starts at that moment; whoever holds it listens on the socket.
 */
export function askForServer({ socket }: Layout): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket)
    const answer = (isThere: boolean) => {
      connection.destroy()
      resolve(isThere)
    }
    connection.setTimeout(PATIENCE_MS, () => answer(true))
    connection.on('connect', () => answer(true))
    // A full queue of callers is a queue that somebody holds.
    connection.on('error', (error: NodeJS.ErrnoException) => answer(error.code === 'EAGAIN'))
  })
}

/** Who it is, for those who want to know what is right too. */
export function describeServer({ lock, data }: Layout, isServed: boolean): Finding {
  if (!isServed) return fine('server', `no server holds ${data}`)
  return fine('server', `a server holds ${data}: ${holderOf(`${lock}.holder`)}`)
}

function holderOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return 'it does not say who'
  }
}
