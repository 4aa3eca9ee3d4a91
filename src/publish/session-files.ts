import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Fqdn } from '../domain/names.ts'
import type { Plan } from '../domain/plan.ts'
import { renderSessionFile } from '../render/session-file.ts'
import type { Store } from '../store/store.ts'
import { removeFile, replaceFile } from './files.ts'
import { makePublicFolder, PUBLIC } from './layout.ts'

export type SessionSettings = { plan: Plan; hasSessionFiles: boolean }

export type SessionFileParts = {
  folder: string
  settings: SessionSettings
  store: Pick<Store, 'sessions' | 'members'>
  report: (fault: Error) => void
}

/** So many files are written before others have their turn: about two milliseconds of work. */
const AT_ONCE = 20

const RETRY_MS = 5_000

/**
 * sessions/: a file for each gateway that is connected, where the settings ask for them. Nobody waits for them: what
 * changed is remembered, and written a few at a time in between.
 */
export class SessionFiles {
  readonly #parts: SessionFileParts
  readonly #pending = new Set<string>()
  #timer: NodeJS.Immediate | NodeJS.Timeout | undefined
  #isTold = false
  #isClosed = false

  constructor(parts: SessionFileParts) {
    this.#parts = parts
  }

  /** The sessions of these gateways, or their groups, are others now. */
  changed(gateways: Iterable<string>): void {
    if (!this.#parts.settings.hasSessionFiles) return
    for (const gateway of gateways) this.#pending.add(gateway)
    this.#schedule()
  }

  /** Makes them those of all who are connected, and removes every other: also those of a time when they were wanted. */
  heal(): void {
    const { settings, store } = this.#parts
    const live = settings.hasSessionFiles ? store.sessions.listLive() : []
    const known = new Set<string>(live.map(({ gateway }) => gateway))
    this.#attempt([() => this.#sweep(known)])
    this.changed(known)
  }

  /** Writes what is pending. Returns whether all of it could be. */
  flush(most = Number.POSITIVE_INFINITY): boolean {
    const now = [...this.#pending].slice(0, most)
    return this.#attempt(now.map((gateway) => () => this.#settle(gateway as Fqdn)))
  }

  close(): void {
    this.#isClosed = true
    if (this.#timer === undefined) return
    clearTimeout(this.#timer as NodeJS.Timeout)
    clearImmediate(this.#timer as NodeJS.Immediate)
    this.flush()
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#isClosed || this.#pending.size === 0) return
    this.#timer = setImmediate(() => this.#work())
  }

  #work(): void {
    this.#timer = undefined
    if (this.flush(AT_ONCE)) this.#schedule()
    else this.#timer = setTimeout(() => this.#work(), RETRY_MS)
  }

  #sweep(known: ReadonlySet<string>): void {
    const { folder } = this.#parts
    const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []
    const strays = entries.filter((entry) => !entry.isDirectory() && !known.has(entry.name))
    for (const { name } of strays) removeFile(join(folder, name))
  }

  /** One that can’t be written waits behind the others. */
  #settle(gateway: Fqdn): void {
    this.#pending.delete(gateway)
    try {
      this.#write(gateway)
    } catch (error) {
      this.#pending.add(gateway)
      throw error
    }
  }

  /** The newest session of a gateway, or no file. */
  #write(gateway: Fqdn): void {
    const { folder, settings, store } = this.#parts
    makePublicFolder(folder)
    const path = join(folder, gateway)
    const [session] = store.sessions.liveOf(gateway)
    if (session === undefined) removeFile(path)
    else replaceFile(path, renderSessionFile(settings.plan, session, store.members.groupsOf(gateway)), PUBLIC)
  }

  /** Does each, and tells of the first fault once, not once for each file. Returns whether there was none. */
  #attempt(acts: readonly (() => void)[]): boolean {
    let fault: Error | undefined
    for (const act of acts) {
      try {
        act()
      } catch (error) {
        fault ??= error instanceof Error ? error : new Error(String(error))
      }
    }
    if (fault !== undefined && !this.#isTold) this.#parts.report(fault)
    this.#isTold = fault !== undefined
    return fault === undefined
  }
}
