import { GrowingFile } from './growing-file.ts'

/**
 * ip/routes. A new gateway appends its line, so that its cost does not grow with the number of gateways; anything else
 * writes the whole list anew, from the lines in memory.
 */
export class RouteList {
  readonly #file: GrowingFile
  readonly #head: string
  #lines = new Map<string, string>()

  /** `head` is the line that stands before those of the gateways. */
  constructor(path: string, head: string) {
    this.#file = new GrowingFile(path)
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
    let isRewrite = !this.#file.isUntouched
    for (const [name, line] of changes) {
      const before = this.#lines.get(name)
      if (before === line) continue
      if (line === undefined) this.#lines.delete(name)
      else this.#lines.set(name, line)
      if (before === undefined && line !== undefined) added.push(line)
      else isRewrite = true
    }
    if (isRewrite) this.#rewrite()
    else this.#file.append(added.join(''))
  }

  #rewrite(): void {
    this.#file.replace(this.#head + [...this.#lines.values()].join(''))
  }
}
