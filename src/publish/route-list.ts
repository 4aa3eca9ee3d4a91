import { closeSync, fstatSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs'
import { replaceFile } from './files.ts'
import { PUBLIC } from './layout.ts'

/** What identifies the state in which we left the file: another hand on it changes one of them. */
type Mark = { ino: number; size: number; mtimeMs: number }

/**
 * ip/routes. A new gateway appends its line, so that its cost does not grow with the number of gateways; anything else
 * writes the whole list anew, from the lines in memory.
 */
export class RouteList {
  readonly #path: string
  readonly #head: string
  #lines = new Map<string, string>()
  #mark: Mark | undefined

  /** `head` is the line that stands before those of the gateways. */
  constructor(path: string, head: string) {
    this.#path = path
    this.#head = head
  }

  /** Makes the file hold these lines, by gateway, and no other. An empty line keeps a gateway's place, and is no line. */
  replaceAll(lines: Map<string, string>): void {
    this.#lines = lines
    this.#rewrite()
  }

  /** Sets the lines of some gateways, or removes them with their place. */
  update(changes: ReadonlyMap<string, string | undefined>): void {
    const added: string[] = []
    let isRewrite = !this.#isUntouched()
    for (const [name, line] of changes) {
      const before = this.#lines.get(name)
      if (before === line) continue
      if (line === undefined) this.#lines.delete(name)
      else this.#lines.set(name, line)
      if (before === undefined && line !== undefined) added.push(line)
      else isRewrite = true
    }
    if (isRewrite) this.#rewrite()
    else this.#append(added.join(''))
  }

  #rewrite(): void {
    // Until the new list is in place nobody may append to the old one.
    this.#mark = undefined
    replaceFile(this.#path, this.#head + [...this.#lines.values()].join(''), PUBLIC)
    this.#mark = markOf(statSync(this.#path))
  }

  /** Whole lines in one write; when the disk is full, what was written of them is taken back. */
  #append(text: string): void {
    if (text === '') return
    const mark = this.#mark
    this.#mark = undefined
    const file = openSync(this.#path, 'a')
    try {
      const bytes = Buffer.from(text)
      const written = appendOrUndo(file, bytes, mark?.size ?? 0)
      if (written < bytes.length) throw new Error(`only ${written} of ${bytes.length} bytes fit: the disk is full`)
      this.#mark = markOf(fstatSync(file))
    } finally {
      closeSync(file)
    }
  }

  #isUntouched(): boolean {
    const now = statSync(this.#path, { throwIfNoEntry: false })
    const mark = this.#mark
    if (now === undefined || mark === undefined) return false
    return now.ino === mark.ino && now.size === mark.size && now.mtimeMs === mark.mtimeMs
  }
}

function appendOrUndo(file: number, bytes: Buffer, sizeBefore: number): number {
  const written = writeSync(file, bytes)
  if (written < bytes.length) ftruncateSync(file, sizeBefore)
  return written
}

function markOf(stats: { ino: number; size: number; mtimeMs: number }): Mark {
  return { ino: stats.ino, size: stats.size, mtimeMs: stats.mtimeMs }
}
