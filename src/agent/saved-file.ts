import { mkdirSync, readFileSync } from 'node:fs'
import { open, rename, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Who is told that a file could not be written: it is tried again at the next change. */
export type Complaint = (words: string) => void

/** How long what changes is collected before it is written. */
const DELAY_MS = 1000

/**
 * A file that is written a while after a change, beside itself and then put in place, so that it is always whole; in
 * parts, so that nothing waits for a long one.
 */
export class SavedFile {
  readonly #path: string
  readonly #parts: () => Iterable<string>
  readonly #complain: Complaint
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()

  /** @param parts what the file shall hold; asked for when it is written */
  constructor(path: string, parts: () => Iterable<string>, complain: Complaint) {
    this.#path = path
    this.#parts = parts
    this.#complain = complain
  }

  /** Has the file written soon. */
  changed(): void {
    this.#timer ??= setTimeout(() => void this.flush(), DELAY_MS)
  }

  /** Writes what is not written yet. */
  async flush(): Promise<void> {
    if (this.#timer !== undefined) {
      clearTimeout(this.#timer)
      this.#timer = undefined
      this.#writing = this.#writing.then(() => this.#write())
    }
    await this.#writing
  }

  async #write(): Promise<void> {
    const temporary = `${this.#path}.new`
    try {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 })
      const file = await open(temporary, 'w', 0o600)
      try {
        for (const part of this.#parts()) await file.write(part)
      } finally {
        await file.close()
      }
      await rename(temporary, this.#path)
    } catch (error) {
      await unlink(temporary).catch(() => undefined)
      this.#complain(`${this.#path} can't be written: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}

/** The value in a JSON file; undefined when there is none. @throws Error when it is damaged */
export function readJson(path: string): unknown {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  return JSON.parse(text)
}

/** An object's JSON in parts: its fields, and a list as its last one, a thousand items a part. */
export function* jsonParts(head: object, list: string, items: Iterable<unknown>): Iterable<string> {
  const fields = JSON.stringify(head).slice(0, -1)
  yield `${fields}${fields === '{' ? '' : ','}"${list}":[`
  let part: string[] = []
  let comma = ''
  for (const item of items) {
    if (part.push(JSON.stringify(item)) < 1000) continue
    yield `${comma}${part.join(',\n')}`
    comma = ',\n'
    part = []
  }
  yield `${part.length === 0 ? '' : comma}${part.join(',\n')}]}\n`
}
