import fc from 'fast-check'
import t from 'tap'
import { parseGroupName } from '../domain/names.ts'
import { NASTY_TEXTS } from '../testing/nasty.ts'
import { askedGroups, gatewayChain, groupChain, hostChain, membersSet } from './ruleset-names.ts'

const names = (...texts: string[]) => texts.map(parseGroupName)
const [a, b] = [parseGroupName('a'), parseGroupName('a-b')]

t.test('groups are asked by name, each once, and only those that there are', async (t) => {
  t.strictSame(
    askedGroups(names('ops', 'a-b', 'gone', 'a', 'ops'), new Set(names('a', 'a-b', 'ops'))),
    names('a', 'a-b', 'ops'),
  )
  t.strictSame(askedGroups([], new Set()), [])
})

t.test('a gateway in one group has that group’s chain, in several one of their own, in none none', async (t) => {
  t.equal(gatewayChain([], 'from'), undefined)
  t.equal(gatewayChain([b], 'to'), 'group_a-b_to')
  t.match(gatewayChain([a, b], 'from'), /^combination_[0-9a-f]{40}_from$/)
  t.not(gatewayChain([a, b], 'from'), gatewayChain(names('a', 'b'), 'from'))
})

t.test('nothing nasty is the name of a group', async (t) => {
  for (const [what, text] of Object.entries(NASTY_TEXTS)) {
    if (text !== 'constructor') t.throws(() => parseGroupName(text), { code: 'bad-name' }, what)
  }
  for (const text of ['a_b', 'a;', 'a}', 'a{', 'a#b', '@a', '$a', 'a\\\n', 'a"b']) {
    t.throws(() => parseGroupName(text), { code: 'bad-name' }, text)
  }
})

t.test('no two groups meet in one identifier, each of which nftables takes', async () => {
  const letters = 'abfhmotcr019-'
  const rest = fc.string({ unit: fc.constantFrom(...letters, 'from', '-to', 'host'), maxLength: 4 })
  const name = rest.map((text) => parseGroupName(`g${text}`.slice(0, 32)))
  const allOf = (group: typeof a) => [
    groupChain(group, 'from'),
    groupChain(group, 'to'),
    hostChain(group, 'from'),
    hostChain(group, 'to'),
    membersSet(group),
  ]
  fc.assert(
    fc.property(name, name, (one, other) => {
      const all = new Set([...allOf(one), ...allOf(other)])
      const isTaken = [...all].every((text) => /^[a-z][a-z0-9_-]{0,126}$/.test(text))
      return isTaken && all.size === (one === other ? 5 : 10)
    }),
    { numRuns: 1000 },
  )
})
