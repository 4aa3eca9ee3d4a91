import { join } from 'node:path'
import type { Namespace } from './namespaces.ts'
import { Running } from './process.ts'
import type { Owner } from './undo.ts'

/** A handshake takes a tenth of a second; one whose packets were lost is tried again after 2, 4 and 8. */
export const HANDSHAKE_MS = 30_000

/** Without the words "With Errors", which follow when an address or a route could not be set. */
const IS_UP = /Initialization Sequence Completed$/m

/** Starts the server as an administrator does: in its own folder, with its own file, nothing added. */
export async function startServer(owner: Owner, namespace: Namespace, data: string): Promise<Running> {
  const server = Running.start(owner, 'openvpn', ['--cd', join(data, 'ovpn'), '--config', 'server.conf'], { namespace })
  await server.waitFor(IS_UP, HANDSHAKE_MS)
  return server
}

/** Starts a client with a profile as it was downloaded. */
export function startClient(owner: Owner, namespace: Namespace, profile: string): Running {
  return Running.start(owner, 'openvpn', ['--config', profile], { namespace })
}

export function isUp(client: Running): boolean {
  return IS_UP.test(client.output)
}

/** Waits until a client is connected, counted from a place of its output. */
export async function waitUntilUp(client: Running, from = 0): Promise<void> {
  await client.waitFor(IS_UP, HANDSHAKE_MS, from)
}
