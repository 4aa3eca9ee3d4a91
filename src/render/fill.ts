import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const TEMPLATES = join(import.meta.dirname, '../../templates')

/** Whatever stands between the braces, so that a misspelt slot is found and not published. */
const SLOT = /\{\{([^}]*)\}\}/g

/** A template of `templates/`, read once. */
export function readTemplate(name: string): string {
  return readFileSync(join(TEMPLATES, name), 'utf8')
}

/**
 * The template with its slots filled. Strict on purpose: a slot without a value and a value without a slot are errors,
 * so that a typo is found by the first test and not by OpenVPN.
 */
export function fill(template: string, values: Record<string, string>): string {
  const unused = new Set(Object.keys(values))
  const text = template.replace(SLOT, (_, slot: string) => {
    const value = Object.hasOwn(values, slot) ? values[slot] : undefined
    if (value === undefined) throw new Error(`the template wants {{${slot}}}`)
    unused.delete(slot)
    return value
  })
  if (unused.size > 0) throw new Error(`the template has no slot for ${[...unused].join(', ')}`)
  return text
}

/** A value that must be one word of a configuration: a line feed in it would begin a directive of its own. */
export function word(value: string | number): string {
  const text = String(value)
  if (!/^[A-Za-z0-9._:/-]+$/.test(text)) throw new Error(`${JSON.stringify(text)} is not one word of a configuration`)
  return text
}

/**
 * A value that may hold blanks and quotes, as one word of a configuration: OpenVPN takes a backslash before a quote or a
 * backslash between double quotes. Nothing makes a line feed, or another control character, part of a word.
 */
export function quoted(value: string): string {
  if (/^[A-Za-z0-9._:/-]+$/.test(value)) return value
  if (value === '' || /\p{C}/u.test(value)) throw new Error(`${JSON.stringify(value)} can't stand in a configuration`)
  return `"${value.replaceAll(/["\\]/g, '\\$&')}"`
}

/** A PEM block, or several: nothing that could end the inline file it stands in. */
export function pem(value: string): string {
  const text = value.trimEnd()
  if (!/^[A-Za-z0-9+/= \n-]+$/.test(text)) throw new Error('this is no PEM text')
  return text
}
