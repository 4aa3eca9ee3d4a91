import { closeSync, fstatSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs'
import { replaceFile } from './files.ts'
import { PUBLIC } from './layout.ts'

/** What identifies the state in which we left the file: another hand on it changes one of them. */
type Mark = { ino: number; size: number; mtimeMs: number }

/** A file that is written whole, or grows by whole lines while nobody else has touched it. */
export class GrowingFile {
  readonly #path: string
  #mark: Mark | undefined

  constructor(path: string) {
    this.#path = path
  }

  replace(text: string): void {
    // Until the new text is in place nobody may append to the old one.
    this.#mark = undefined
    replaceFile(this.#path, text, PUBLIC)
    this.#mark = markOf(statSync(this.#path))
  }

  /** Whole lines in one write; when the disk is full, what was written of them is taken back. Only when it is untouched. */
  append(text: string): void {
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

  /** Whether it is there as we left it: no line of it is torn, and it may grow. */
  get isUntouched(): boolean {
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
