import t from 'tap'
import { renderRuleset } from './ruleset.ts'
import { type Placed, RulesetGrowth } from './ruleset-growth.ts'
import { isSameRuleset } from './ruleset-settled.ts'
import { ATTIC, BARN, CAVE, connectedAt, inputOf } from './testing/ruleset-world.ts'

const placed = (gateway: typeof ATTIC): Placed => ({ ...connectedAt(gateway, 'tun0'), isConnected: true })
const [attic, barn] = [placed(ATTIC), placed(BARN)]
const whole = (...connected: Placed[]) => renderRuleset(inputOf('closed', connected))

t.test('a ruleset is the same as itself, and as one that has grown to it', async (t) => {
  t.ok(isSameRuleset(whole(attic), whole(attic)))
  const input = inputOf('closed', [attic])
  const lines = new RulesetGrowth(input).render([{ before: { ...barn, isConnected: false }, after: barn }])
  t.ok(isSameRuleset(renderRuleset(input) + lines, whole(attic, barn)))
  t.ok(isSameRuleset(whole(barn, attic), whole(attic, barn)), 'in whatever order')
  const gone = new RulesetGrowth(inputOf('closed', [attic, barn])).render([
    { before: barn, after: { ...barn, isConnected: false } },
  ])
  t.ok(isSameRuleset(whole(attic, barn) + gone, whole(attic)), 'the chain of nobody does not count')
})

t.test('what is missing, more, torn or another is not the same', async (t) => {
  const wanted = whole(attic, barn)
  t.notOk(isSameRuleset(whole(attic), wanted))
  t.notOk(isSameRuleset(wanted, whole(attic)))
  t.notOk(isSameRuleset(whole(attic, placed(CAVE)), wanted))
  t.notOk(isSameRuleset('', wanted))
  t.notOk(isSameRuleset(`${wanted}add element inet vpnunit onlink { "tun0" . 2001:`, wanted))
  t.notOk(isSameRuleset(wanted.replace('jump group_ops_from\n', ''), wanted), 'a rule of a combination')
  t.notOk(isSameRuleset(`${wanted}flush ruleset\n`, wanted))
  t.notOk(isSameRuleset(wanted.replace('ct state established,related accept', 'accept'), wanted))
  t.notOk(isSameRuleset(renderRuleset(inputOf('open', [attic, barn])), wanted))
})
