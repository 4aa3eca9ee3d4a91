import t from 'tap'
import { formatPrefix } from '../domain/prefix.ts'
import { inputOf } from './testing/ruleset-world.ts'

t.test('everybody a rule may name is where the plan says, connected or not', async (t) => {
  const { gatewayPrefixes, userPrefixes, memberPrefixes } = inputOf('open', [])
  t.strictSame(
    Array.from(gatewayPrefixes, ([name, prefix]) => `${name} ${formatPrefix(prefix)}`),
    [
      'attic.example.org 2001:470:c844:200::/60',
      'barn.example.org 2001:470:c844:310::/60',
      'cave.example.org 2001:470:c844:420::/60',
      'dome.example.org 2001:470:c844:5f0::/60',
    ],
  )
  t.equal(userPrefixes.size, 4)
  t.strictSame(
    Array.from(memberPrefixes, ([name, prefixes]) => [name, prefixes.map(formatPrefix)]),
    [
      ['ops', ['2001:470:c844:200::/60', '2001:470:c844:310::/60']],
      ['a-b', ['2001:470:c844:310::/60']],
      ['servers', ['2001:470:c844:420::/60']],
    ],
  )
})
