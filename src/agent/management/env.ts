import { inspect } from 'node:util'
import { Secret } from '../../domain/secret.ts'

type Values = { values: ReadonlyMap<string, string>; repeated: readonly string[]; password: Secret | undefined }

/**
 * The environment of a notification: what a script of OpenVPN would be given. It is made a map when all of it is
 * asked for: in a storm each notification is answered by two or three of its 45 values, and those are looked up.
 *
 * The `password` that a client sent stands in OpenVPN's text as it was typed. Here it is a Secret beside the map.
 */
export class ManagementEnv {
  #lines: readonly string[] | undefined
  #parsed: Values | undefined

  /** @param lines `name=value`, latin1 */
  constructor(lines: readonly string[]) {
    this.#lines = lines
  }

  /** A value by its name: everything after the first `=`. Not `password`. */
  get(name: string): string | undefined {
    if (this.#lines !== undefined && NAME.test(name)) return findValue(this.#lines, name)
    return this.#read().values.get(name)
  }

  /** Every value but `password`. */
  get values(): ReadonlyMap<string, string> {
    return this.#read().values
  }

  /** The password that the client sent, empty when it sent none. Undefined where OpenVPN told of no password. */
  get password(): Secret | undefined {
    return this.#read().password
  }

  /** Names that stood there more than once: the first value counts. OpenVPN 2.6 makes none. */
  get repeated(): readonly string[] {
    return this.#read().repeated
  }

  toJSON(): Record<string, string> {
    return Object.fromEntries(this.values)
  }

  [inspect.custom](): ReadonlyMap<string, string> {
    return this.values
  }

  #read(): Values {
    if (this.#parsed === undefined) {
      this.#parsed = readValues(this.#lines ?? [])
      this.#lines = undefined
    }
    return this.#parsed
  }
}

const PASSWORD = 'password'
const EQUALS = 61

/** What OpenVPN's names are made of: others are looked up in the map, where bytes are characters. */
const NAME = /^\w+$/

/** A copy of one value, which does not keep the 64 KB it arrived in. */
function findValue(lines: readonly string[], name: string): string | undefined {
  if (name === PASSWORD) return undefined
  for (const line of lines) {
    if (line.charCodeAt(name.length) === EQUALS && line.startsWith(name)) {
      return Buffer.from(line.slice(name.length + 1), 'latin1').toString('utf8')
    }
  }
  return lines.includes(name) ? '' : undefined
}

function readValues(lines: readonly string[]): Values {
  // One copy of all: a value is a slice of a text of 2 KB then, and does not keep the 64 KB it arrived in.
  const text = Buffer.from(lines.join('\n'), 'latin1').toString('utf8')
  const values = new Map<string, string>()
  const repeated: string[] = []
  for (const line of text === '' ? [] : text.split('\n')) {
    const at = line.indexOf('=')
    const name = at === -1 ? line : line.slice(0, at)
    if (values.has(name)) repeated.push(name)
    else values.set(name, at === -1 ? '' : line.slice(at + 1))
  }
  const password = values.get(PASSWORD)
  values.delete(PASSWORD)
  return { values, repeated, password: password === undefined ? undefined : new Secret(password) }
}
