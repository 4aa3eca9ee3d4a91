import { chmodSync, mkdirSync } from 'node:fs'

/** Of those who share the sockets in it: agent, apply and OpenVPN have a group in common. */
const MODE = 0o750

/**
 * Makes the folder of the sockets when it is missing. One that is there is left as its administrator made it.
 * @throws Error of the operating system
 */
export function ensureRunFolder(path: string): void {
  // mkdir's own mode is cut by the umask, which is strict here so that nothing is open by oversight.
  if (mkdirSync(path, { recursive: true, mode: MODE }) !== undefined) chmodSync(path, MODE)
}
