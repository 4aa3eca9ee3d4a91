import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Connection } from './connection.ts'

const START_MS = 30_000
const POLL_MS = 2

export type Command = { file: string; args: string[]; env?: NodeJS.ProcessEnv; cwd: string; log: string; port: number }

/** A program of its own, what it prints in a file, that answers GET `path` on a port once it is started. */
export class Process {
  readonly #child: ChildProcess
  readonly port: number
  /** From the call until the first answer. */
  readonly startMs: number

  private constructor(child: ChildProcess, port: number, startMs: number) {
    this.#child = child
    this.port = port
    this.startMs = startMs
  }

  static async start({ file, args, env, cwd, log, port }: Command, path: string): Promise<Process> {
    const output = openSync(log, 'a', 0o600)
    const startedMs = performance.now()
    const child = spawn(file, args, { cwd, env: env ?? process.env, stdio: ['ignore', output, output] })
    closeSync(output)
    const kill = (): void => void child.kill('SIGKILL')
    process.once('exit', kill)
    child.once('exit', () => process.off('exit', kill))
    child.on('error', () => undefined)
    while (!(await answers(port, path))) {
      const isLate = performance.now() - startedMs > START_MS
      if (isLate || child.exitCode !== null || child.pid === undefined) {
        child.kill('SIGKILL')
        throw new Error(`${file} ${args.join(' ')} does not serve:\n${readFileSync(log, 'utf8').slice(-2000)}`)
      }
      await sleep(POLL_MS)
    }
    return new Process(child, port, performance.now() - startedMs)
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    await ended
  }

  /** What of its memory is in the machine's, in megabytes (10^6). */
  residentMb(): number {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1]
    return (Number(kib) * 1024) / 1e6
  }
}

async function answers(port: number, path: string): Promise<boolean> {
  let connection: Connection | undefined
  try {
    connection = await Connection.open(port)
    const { status } = await connection.request(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`)
    return status < 500
  } catch {
    return false
  } finally {
    connection?.close()
  }
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
