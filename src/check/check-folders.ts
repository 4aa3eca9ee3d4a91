import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { closedFolder } from '../publish/closed-folder.ts'
import type { Layout } from '../publish/layout.ts'
import { checkSocketPath } from '../serve/data-folder.ts'
import { StartError } from '../serve/start-error.ts'
import { type Finding, orFine, problem, reasonOf } from './finding.ts'

/** Why the data directory can't be looked into at all, or undefined when it can. */
export function unusableData({ data }: Layout): Finding | undefined {
  const stats = statSync(data, { throwIfNoEntry: false })
  if (stats === undefined) {
    return problem(
      'data-missing',
      `there is no data directory ${data}`,
      'vpnunit serve makes it; if there was one, VPNUNIT_DATA names another place or a mount is missing',
    )
  }
  if (!stats.isDirectory()) return problem('data-missing', `${data} is no folder`, 'set VPNUNIT_DATA to one')
  const fault = faultOfAccess(data, constants.R_OK | constants.X_OK)
  if (fault === undefined) return undefined
  return closedData(fault)
}

/** The data directory, or something in it, is closed to whoever calls this. */
export function closedData(fault: string): Finding {
  return problem(
    'data-closed',
    `the data directory can't be read: ${fault}`,
    'call this as the user the service runs as, or as root',
  )
}

/** Whether the service can write its folders, OpenVPN can pass through them, and a socket can be there. */
export function checkFolders(layout: Layout): Finding[] {
  const { data, pki, ovpn, clients, ip, firewall, sessions } = layout
  const folders = [data, pki, ovpn, clients, ip, firewall, sessions].filter((path) => existsSync(path))
  const findings = [...closed(layout), ...folders.flatMap(unwritable), ...tooLong(layout)]
  return orFine(findings, 'folders', `the folders of ${layout.data} are open to those who need them`)
}

/** OpenVPN reads the revocation list and the clients again when it has no rights any more. */
function closed({ pki, clients }: Layout): Finding[] {
  const folders = [pki, clients].filter((path) => existsSync(path)).flatMap((path) => closedFolder(path) ?? [])
  return [...new Set(folders)].map((folder) =>
    problem(
      'data-not-readable',
      `others may not enter ${folder}: OpenVPN drops its rights and then can't read the revocation list and the clients`,
      `chmod o+x ${folder}, or move VPNUNIT_DATA`,
    ),
  )
}

function unwritable(folder: string): Finding[] {
  const fault = faultOfAccess(folder, constants.W_OK)
  if (fault === undefined) return []
  return [
    problem(
      'data-not-writable',
      `nothing can be written into ${folder}: ${fault}`,
      'give it to the user the service runs as, or mount it for writing',
    ),
  ]
}

function tooLong(layout: Layout): Finding[] {
  try {
    checkSocketPath(layout)
    return []
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    return [problem('socket-path-too-long', error.message, 'move the data directory to a shorter path')]
  }
}

function faultOfAccess(path: string, mode: number): string | undefined {
  try {
    accessSync(path, mode)
    return undefined
  } catch (error) {
    return reasonOf(error)
  }
}
