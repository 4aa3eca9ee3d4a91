/** What a ruleset's file comes to when it is loaded, whatever grew behind it. */
type Settled = {
  /** The text without what follows. */
  frame: string
  elements: Map<string, Set<string>>
  /** The chains of combinations of groups; one that nobody asks any more may still be there. */
  chains: Map<string, string>
}

const GROWN = /^(add|delete) element inet vpnunit (\S+) \{ (.*) \}$/
const GROWN_CHAIN = /^add chain inet vpnunit (combination_\S+)$/
const GROWN_RULE = /^add rule inet vpnunit (combination_\S+) (.*)$/

/** Whether a file, which may have grown, means the same as `whole`, which has not. */
export function isSameRuleset(text: string, whole: string): boolean {
  if (text === whole) return true
  const [is, wanted] = [settle(text), settle(whole)]
  const names = new Set([...is.elements.keys(), ...wanted.elements.keys()])
  return (
    is.frame === wanted.frame &&
    [...names].every((name) => isSame(is.elements.get(name), wanted.elements.get(name))) &&
    [...wanted.chains].every(([chain, rules]) => is.chains.get(chain) === rules)
  )
}

function isSame(one = new Set<string>(), other = new Set<string>()): boolean {
  return one.size === other.size && [...one].every((element) => other.has(element))
}

function settle(text: string): Settled {
  const settled: Settled = { frame: '', elements: new Map(), chains: new Map() }
  let isInList = false
  let open = ''
  for (const line of text.split('\n')) {
    open = /^ {2}(?:set|map|chain) (\S+) \{$/.exec(line)?.[1] ?? open
    if (isInList && line !== '    }') elementsOf(settled, open).add(line.trim().replace(/,$/, ''))
    else if (line === '    elements = {' || (isInList && line === '    }')) isInList = !isInList
    else if (open.startsWith('combination_')) takeChainLine(settled, open, line)
    else if (!takeGrown(settled, line)) settled.frame += `${line}\n`
    if (line === '  }') open = ''
  }
  return settled
}

function takeChainLine({ chains }: Settled, chain: string, line: string): void {
  const rule = line.startsWith('    ') ? `${line.trim()}\n` : ''
  chains.set(chain, (chains.get(chain) ?? '') + rule)
}

/** Whether it is a line that grew behind the ruleset. */
function takeGrown(settled: Settled, line: string): boolean {
  const [, verb, set = '', element = ''] = GROWN.exec(line) ?? []
  if (verb === 'add') elementsOf(settled, set).add(element)
  if (verb === 'delete') elementsOf(settled, set).delete(element)
  const [, chain = '', rule] = GROWN_RULE.exec(line) ?? GROWN_CHAIN.exec(line) ?? []
  if (chain !== '') takeChainLine(settled, chain, rule === undefined ? '' : `    ${rule}`)
  return verb !== undefined || chain !== ''
}

function elementsOf({ elements }: Settled, set: string): Set<string> {
  const known = elements.get(set) ?? new Set<string>()
  elements.set(set, known)
  return known
}
