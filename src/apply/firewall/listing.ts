/** A table as nft prints it: its elements by set or map, and all the rest of it in one text that can be compared. */
export type Listing = { structure: string; elements: ReadonlyMap<string, ReadonlySet<string>> }

const BLOCK = /^\t(set|map|chain) (\S+) \{\n([\s\S]*?)^\t\}$/gm
const ELEMENTS = /^\t\telements = \{([^}]*)\}\n/m

/**
 * What is listed. The order of the elements of a set is the kernel's affair, and changes with its size.
 * @param text what `nft -s list table` printed
 */
export function parseListing(text: string): Listing {
  const elements = new Map<string, ReadonlySet<string>>()
  const structure = Array.from(text.matchAll(BLOCK), ([, kind, name = '', body = '']) => {
    if (kind !== 'chain') elements.set(name, elementsIn(body))
    return `${kind} ${name} {\n${body.replace(ELEMENTS, '')}}\n`
  })
  return { structure: structure.join(''), elements }
}

function elementsIn(body: string): Set<string> {
  const [, list = ''] = ELEMENTS.exec(body) ?? []
  const words = list.split(',').map((element) => element.replaceAll(/\s+/g, ' ').trim())
  return new Set(words.filter((element) => element !== ''))
}

/** Whether two sets have the same elements. */
export function isSameSet(one: ReadonlySet<string> | undefined, other: ReadonlySet<string> | undefined): boolean {
  const [some, others] = [one ?? new Set<string>(), other ?? new Set<string>()]
  return some.size === others.size && [...some].every((element) => others.has(element))
}
