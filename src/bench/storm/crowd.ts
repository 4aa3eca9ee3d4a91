import { closeSync, mkdirSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Namespace } from '../../e2e/lab/namespaces.ts'
import { Running } from '../../e2e/lab/process.ts'
import { type Owner, undoAtEnd } from '../../e2e/lab/undo.ts'

const LOOK_MS = 250
const START_MS = 60_000

/**
 * One shell starts all of them: it is entered once, and says the process ids. What it becomes waits for none of them, so
 * that the id of one that has ended is given to nobody else.
 */
const STARTER = `
for profile in "$1"/*.ovpn; do
  openvpn --config "$profile" >"$profile.log" 2>&1 </dev/null &
  echo "$profile $!"
done
echo started
exec sleep 3600`

/** The first thing a client says when it begins again, and the last, each with the time in seconds by its own clock. */
const BEGIN = /^(\d+\.\d+) .*link remote:/m
const UP = /^(\d+\.\d+) .*Initialization Sequence Completed$/m

/** When a client began, and when it was up, in milliseconds by the clock of the machine. */
export type Return = { beginMs: number; upMs: number }

/** Many clients in one namespace, each with a log of its own that nobody reads meanwhile. */
export class Crowd {
  readonly #logs: string[]
  readonly #pids: number[]
  #offsets: number[]

  private constructor(logs: string[], pids: number[]) {
    this.#logs = logs
    this.#pids = pids
    this.#offsets = logs.map(() => 0)
  }

  /** Starts one for each profile, and waits until all are up. */
  static async start(owner: Owner, namespace: Namespace, folder: string, profiles: readonly string[]): Promise<Crowd> {
    mkdirSync(folder, { recursive: true })
    for (const [index, text] of profiles.entries()) writeFileSync(join(folder, `${index}.ovpn`), text, { mode: 0o600 })
    const shell = Running.start(owner, 'sh', ['-c', STARTER, 'sh', folder], { namespace })
    const end = () => signalAll(startedBy(shell), 'SIGKILL')
    undoAtEnd(owner, async () => end(), end)
    await shell.waitFor(/^started$/m, START_MS)
    const logs = profiles.map((_, index) => join(folder, `${index}.ovpn.log`))
    const crowd = new Crowd(logs, startedBy(shell))
    const { length } = await crowd.returns(START_MS)
    if (length < profiles.length) throw new Error(`${length} clients of ${profiles.length} connect`)
    return crowd
  }

  /** All of them begin again. */
  restart(): void {
    this.#offsets = this.#logs.map((log) => readFileSync(log).length)
    signalAll(this.#pids, 'SIGUSR1')
  }

  /** Waits until all are up again, or the deadline; those that are not are missing. */
  async returns(deadlineMs: number): Promise<Return[]> {
    const end = performance.now() + deadlineMs
    const found = new Map<number, Return>()
    while (found.size < this.#logs.length && performance.now() < end) {
      await sleep(LOOK_MS)
      for (const index of this.#logs.keys()) {
        if (found.has(index)) continue
        const one = returnIn(this.#newText(index))
        if (one !== undefined) found.set(index, one)
      }
    }
    return [...found.values()]
  }

  #newText(index: number): string {
    const file = openSync(this.#logs[index] ?? '', 'r')
    const buffer = Buffer.alloc(64 * 1024)
    const length = readSync(file, buffer, 0, buffer.length, this.#offsets[index] ?? 0)
    closeSync(file)
    return buffer.toString('utf8', 0, length)
  }
}

function returnIn(text: string): Return | undefined {
  const [begin, up] = [BEGIN.exec(text)?.[1], UP.exec(text)?.[1]]
  if (begin === undefined || up === undefined) return undefined
  return { beginMs: Number(begin) * 1000, upMs: Number(up) * 1000 }
}

function startedBy(shell: Running): number[] {
  return Array.from(shell.output.matchAll(/^\S+\.ovpn (\d+)$/gm), ([, pid]) => Number(pid))
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal)
    } catch {
      // It has ended.
    }
  }
}
