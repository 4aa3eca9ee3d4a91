import { PROTOCOL, parseKernelRoutes, type Route } from './route-steps.ts'
import { findTool, runTool } from './run-tool.ts'

/** The kernel's routes that are ours. */
export type Kernel = {
  readRoutes(): Promise<Route[]>
  /** The devices that are up: the kernel takes no route to another, and drops those of one that goes down. */
  readDevices(): Promise<Set<string>>
  /** Performs each line, whatever becomes of the others. Answers what was said of those that failed. */
  change(steps: readonly string[]): Promise<string>
}

export function findIp(): string | undefined {
  return findTool('ip')
}

/** By the `ip` of iproute2, without a shell; what it is told comes by its standard input. */
export function openKernel(ip: string): Kernel {
  return {
    readRoutes: async () => parseKernelRoutes(await read(ip, ['-6', '-j', 'route', ...OURS])),
    readDevices: async () => {
      const links: { ifname: string }[] = JSON.parse((await read(ip, ['-j', 'link', 'show', 'up'])) || '[]')
      return new Set(links.map(({ ifname }) => ifname))
    },
    change: async (steps) => {
      const { error, stderr } = await runTool(ip, ['-6', '-force', '-batch', '-'], `${steps.join('\n')}\n`)
      // It ends with 1 when a line failed; with anything else it did not come to the lines.
      if (error !== null && error.code !== 1) throw faultOf(error, stderr)
      return stderr
    },
  }
}

const OURS = ['show', 'table', 'main', 'proto', String(PROTOCOL)]

/** @throws Error with what ip said */
async function read(ip: string, words: readonly string[]): Promise<string> {
  const { error, stdout, stderr } = await runTool(ip, words, '')
  if (error !== null) throw faultOf(error, stderr)
  return stdout
}

function faultOf(error: Error, stderr: string): Error {
  const said = stderr.trim().split('\n')[0] || error.message.split('\n')[0]
  return new Error(`ip does not do its work: ${said}`, { cause: error })
}
