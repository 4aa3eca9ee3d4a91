/** Decimal digits alone, up to what a number holds exactly. Undefined for everything else. */
export function parseCount(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined
  const count = Number(text)
  return Number.isSafeInteger(count) ? count : undefined
}

/** A text, or undefined when it is empty or not there. */
export function orUndefined(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}

/** The first `count - 1` fields and the whole rest, commas and all: only the last field is anybody's free text. */
export function splitFields(text: string, count: number): string[] {
  const fields: string[] = []
  let from = 0
  while (fields.length < count - 1) {
    const at = text.indexOf(',', from)
    if (at === -1) break
    fields.push(text.slice(from, at))
    from = at + 1
  }
  fields.push(text.slice(from))
  return fields
}
