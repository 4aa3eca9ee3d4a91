import { join } from 'node:path'
import type { Log } from '../host.ts'
import type { Listener } from '../management-link.ts'
import { SharedSocket } from './shared-socket.ts'

export type SharedSocketsOptions = {
  /** The folder of the sockets. */
  run: string
  instances: readonly number[]
  isKillAllowed: boolean
  log: Log
}

export type SharedSockets = {
  /** Who listens in on the connection to an instance, by the path of OpenVPN's socket. */
  listenerOf(path: string): Listener | undefined
  stop(): Promise<void>
}

/** Opens a socket beside that of each instance, `shared-<k>.sock`, for tools that speak OpenVPN's own protocol. */
export function openSharedSockets({ run, instances, isKillAllowed, log }: SharedSocketsOptions): SharedSockets {
  const sockets = new Map(
    instances.map((instance) => {
      const path = join(run, `shared-${instance}.sock`)
      const socket = new SharedSocket({ path, instance, policy: { isKillAllowed }, log })
      return [join(run, `management-${instance}.sock`), socket]
    }),
  )
  for (const socket of sockets.values()) socket.start()
  return {
    listenerOf: (path) => sockets.get(path),
    stop: async () => {
      await Promise.all([...sockets.values()].map((socket) => socket.stop()))
    },
  }
}
