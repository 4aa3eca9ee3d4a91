import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../lab/exec.ts'
import { temporaryFolder } from '../lab/temporary-folder.ts'
import { type Owner, undoAtEnd } from '../lab/undo.ts'

const PAGE = 4096

/** A file system of so many pages, which are filled and freed by a file beside what is tested. */
export class SmallDisk {
  readonly folder: string
  readonly #filler: string

  private constructor(folder: string) {
    this.folder = folder
    this.#filler = join(folder, 'filler')
  }

  /** Mounts one, over a folder of its own or over the given one, until the end of the owner's test. */
  static async mount(owner: Owner, pages: number, over?: string): Promise<SmallDisk> {
    const folder = over ?? join(temporaryFolder(owner), 'disk')
    mkdirSync(folder, { recursive: true })
    await mountUntilEnd(owner, folder, ['-t', 'tmpfs', '-o', `size=${pages * PAGE},mode=755`, 'vpnunit-test'])
    return new SmallDisk(folder)
  }

  /** Fills it until nothing more fits. */
  fill(): void {
    const file = openSync(this.#filler, 'a')
    try {
      for (;;) writeSync(file, Buffer.alloc(PAGE))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    } finally {
      closeSync(file)
    }
  }

  /** Leaves exactly so many pages free. */
  async leave(pages: number): Promise<void> {
    this.fill()
    if (pages > 0) await run('truncate', ['-s', `-${pages * PAGE}`, this.#filler])
  }

  free(): void {
    rmSync(this.#filler, { force: true })
  }
}

/** A folder that can be made read-only, for everybody, and writable again. */
export class Lockable {
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
  }

  /** Mounts the folder over itself until the end of the owner's test: only a mount can be read-only for root. */
  static async mount(owner: Owner, folder: string): Promise<Lockable> {
    await mountUntilEnd(owner, folder, ['--bind', folder])
    return new Lockable(folder)
  }

  async lock(): Promise<void> {
    await run('mount', ['-o', 'remount,bind,ro', this.#folder])
  }

  async unlock(): Promise<void> {
    await run('mount', ['-o', 'remount,bind,rw', this.#folder])
  }
}

async function mountUntilEnd(owner: Owner, folder: string, args: readonly string[]): Promise<void> {
  await run('mount', [...args, folder])
  // Lazily: what a test that failed left open must not keep the mount for ever.
  let isMounted = true
  const unmount = () => {
    if (isMounted) execFileSync('umount', ['--lazy', folder])
    isMounted = false
  }
  undoAtEnd(owner, async () => unmount(), unmount)
}
