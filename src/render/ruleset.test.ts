import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { planOf } from '../domain/plan.ts'
import { parsePrefix } from '../domain/prefix.ts'
import { DROP_REASONS, renderRuleset } from './ruleset.ts'
import { ATTIC, BARN, CAVE, connectedAt, DOME, inputOf } from './testing/ruleset-world.ts'

const golden = (name: string) => readFileSync(join(import.meta.dirname, 'testdata', name), 'utf8')

const CONNECTED = [
  connectedAt(ATTIC, 'tun0'),
  connectedAt(BARN, 'tun1'),
  connectedAt(CAVE, 'tun0'),
  connectedAt(DOME, 'tun1'),
]

t.test('the whole table, where nothing is forbidden by itself', async (t) => {
  t.equal(renderRuleset(inputOf('open', CONNECTED)), golden('ruleset-open.nft'))
})

t.test('the whole table, where everything is, with a log', async (t) => {
  t.equal(renderRuleset(inputOf('closed', CONNECTED, true)), golden('ruleset-closed.nft'))
})

t.test('the table of a new installation', async (t) => {
  const input = { ...inputOf('open', []), policy: { default: 'open', groups: [] } as const }
  t.equal(renderRuleset(input), golden('ruleset-empty.nft'))
})

t.test(
  'what is dropped is counted, each reason by itself, and in the log no more than ten lines a second',
  async (t) => {
    const text = renderRuleset(inputOf('closed', [], true))
    for (const reason of DROP_REASONS) {
      const log = `    limit rate 10/second burst 20 packets log prefix "vpnunit ${reason}: "\n`
      t.match(text, `  chain drop_${reason} {\n${log}    counter name "dropped_${reason}" drop\n  }`)
      t.match(text, `  counter dropped_${reason} {\n  }\n`)
    }
    t.equal(text.split(' drop\n').length - 1, DROP_REASONS.length, 'nothing is dropped elsewhere')
    t.notMatch(renderRuleset(inputOf('closed', [])), ' log ')
  },
)

t.test('a device that could be more than a name is refused, and so is no device', async (t) => {
  const input = inputOf('open', [])
  for (const device of ['', 'tun0"', 'tun 0', 'tun0\n', '-tun', 'a'.repeat(16), 'tun0;', '$x']) {
    t.throws(() => renderRuleset({ ...input, devices: [device] }), { message: /is no tunnel’s device/ })
    const connected = [connectedAt(ATTIC, device)]
    t.throws(() => renderRuleset({ ...input, connected }), { message: /is no tunnel’s device/ })
  }
  t.throws(() => renderRuleset({ ...input, devices: [] }), { message: /needs the device of a tunnel/ })
})

t.test('the site’s own block stands beside the site in every length', async (t) => {
  const plan = planOf(parsePrefix('2001:db8:1234:400::/54'))
  const text = renderRuleset({ ...inputOf('closed', []), plan })
  t.match(text, 'ip6 daddr 2001:db8:1234:400::/54 ip6 daddr != 2001:db8:1234:500::/56 goto drop_default')
})
