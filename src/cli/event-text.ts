import { printable } from './printable.ts'

/** Something that happened, as GET /events tells it. */
export type EventView = Readonly<Record<string, unknown>>

/** What OpenVPN counts for itself. Those who want it read the JSON. */
const LEFT_OUT = ['type', 'at', 'host', 'instance', 'generation', 'cid']

/** Wide enough for the longest type there is. */
const TYPE_WIDTH = 15

/** An event on one line: when, what, and its facts. */
export function eventLine(event: EventView): string {
  const { at, type, host, instance } = event
  const place = instance === undefined ? host : `${host}/${instance}`
  const others = Object.entries(event).filter(([name]) => !LEFT_OUT.includes(name))
  const facts = [...(place === undefined ? [] : [['host', place]]), ...others]
  const words = facts.map(([name, value]) => `${name}=${wordOf(value)}`)
  return `${printable([at, String(type).padEnd(TYPE_WIDTH), ...words].join('  ').trimEnd())}\n`
}

/** A value that holds blanks is quoted, so that it is seen where it ends. */
function wordOf(value: unknown): string {
  if (value === null || value === undefined || value === '') return '-'
  if (typeof value === 'object') return JSON.stringify(value)
  const text = String(value)
  return /[\s"]/.test(text) ? JSON.stringify(text) : text
}
