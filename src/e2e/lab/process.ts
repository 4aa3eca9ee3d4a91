import { type ChildProcess, spawn } from 'node:child_process'
import type { Namespace } from './namespaces.ts'
import { type Owner, undoAtEnd } from './undo.ts'

const PATIENCE_MS = 30_000

export type StartOptions = { namespace?: Namespace; env?: NodeJS.ProcessEnv }

/** A program that goes on running, with everything it has printed. */
export class Running {
  readonly pid: number
  readonly #child: ChildProcess
  readonly #watchers = new Set<() => void>()
  readonly #title: string
  output = ''
  /** Its exit code, or the signal that ended it; undefined while it runs. */
  ending: number | string | undefined

  private constructor(child: ChildProcess, title: string) {
    if (child.pid === undefined) throw new Error(`${title} could not be started`)
    this.pid = child.pid
    this.#child = child
    this.#title = title
    const collect = (chunk: Buffer) => {
      this.output += chunk.toString()
      this.#tell()
    }
    child.stdout?.on('data', collect)
    child.stderr?.on('data', collect)
    child.on('close', (code, signal) => {
      this.ending = code ?? signal ?? 'unknown'
      this.#tell()
    })
  }

  /** Starts a program, in a namespace when one is given, and kills it at the end of the owner's test. */
  static start(owner: Owner, file: string, args: readonly string[], options: StartOptions = {}): Running {
    const [program, words] = options.namespace?.command(file, args) ?? [file, [...args]]
    const child = spawn(program, words, { env: options.env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'] })
    child.on('error', () => undefined)
    const running = new Running(child, [file, ...args].join(' '))
    undoAtEnd(
      owner,
      () => running.kill(),
      () => running.signal('SIGKILL'),
    )
    return running
  }

  /**
   * The first match in what it prints, from the given place of `output` on.
   * @throws Error with all that was printed, when it ends or the deadline passes before
   */
  waitFor(pattern: RegExp, deadlineMs: number, from = 0): Promise<RegExpExecArray> {
    return this.#wait(deadlineMs, `${pattern}`, () => pattern.exec(this.output.slice(from)) ?? undefined)
  }

  /** Its exit code, or the signal that ended it. */
  async waitForEnd(deadlineMs: number): Promise<number | string> {
    return this.#wait(deadlineMs, 'its end', () => this.ending)
  }

  /** Sends a signal to it, by its own process id and to no other. */
  signal(signal: NodeJS.Signals): void {
    if (this.ending === undefined) this.#child.kill(signal)
  }

  /** Asks it to end, makes it when it does not, and waits until it has. */
  async stop(): Promise<void> {
    this.signal('SIGTERM')
    try {
      await this.waitForEnd(PATIENCE_MS)
    } catch {
      await this.kill()
    }
  }

  /** Ends it as a crash does. */
  async kill(): Promise<void> {
    this.signal('SIGKILL')
    await this.waitForEnd(PATIENCE_MS)
  }

  #wait<T>(deadlineMs: number, what: string, look: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(deadline)
        this.#watchers.delete(watch)
        act()
      }
      const fail = (why: string) =>
        settle(() => reject(new Error(`${this.#title}: no ${what}, ${why}; it said:\n${this.output}`)))
      const watch = () => {
        const found = look()
        if (found !== undefined) settle(() => resolve(found))
        else if (this.ending !== undefined) fail(`and it ended with ${this.ending}`)
      }
      const deadline = setTimeout(() => fail(`in ${deadlineMs} ms`), deadlineMs)
      this.#watchers.add(watch)
      watch()
    })
  }

  #tell(): void {
    for (const watch of [...this.#watchers]) watch()
  }
}
