import t from 'tap'
import { parseGroupName } from '../domain/names.ts'
import { type Placed, RulesetGrowth } from './ruleset-growth.ts'
import { ATTIC, BARN, CAVE, connectedAt, DOME, inputOf } from './testing/ruleset-world.ts'

const placed = (gateway: typeof ATTIC, ...groups: string[]): Placed => {
  const connected = connectedAt(gateway, 'tun0')
  return { ...connected, groups: groups.length > 0 ? groups.map(parseGroupName) : connected.groups, isConnected: true }
}
const off = (one: Placed): Placed => ({ ...one, isConnected: false })
const growth = (...connected: Placed[]) => new RulesetGrowth(inputOf('closed', connected))
const [attic, barn, cave] = [placed(ATTIC), placed(BARN), placed(CAVE)]
const CAVES = '2001:470:c844:420::'

t.test('one that comes brings its elements, also into the groups that rules name', async (t) => {
  t.equal(
    growth().render([{ before: undefined, after: cave }]),
    [
      `add element inet vpnunit onlink { "tun0" . ${CAVES} }\n`,
      `add element inet vpnunit self { ${CAVES} . ${CAVES} }\n`,
      `add element inet vpnunit from { ${CAVES} : jump group_servers_from }\n`,
      `add element inet vpnunit to { ${CAVES} : jump group_servers_to }\n`,
      `add element inet vpnunit members_servers { ${CAVES} }\n`,
    ].join(''),
  )
})

t.test('one that goes takes them all; one that is disabled stays a member', async (t) => {
  const gone = growth(cave).render([{ before: cave, after: undefined }])
  t.match(gone, /^(delete element inet vpnunit (onlink|self|from|to|members_servers) \{ .* \}\n){5}$/)
  t.equal(gone.split('\n').length - 1, 5)
  const disabled = growth(cave).render([{ before: cave, after: off(cave) }])
  t.equal(disabled, gone.replace(/.*members_servers.*\n/, ''))
  t.equal(growth().render([{ before: off(cave), after: undefined }]), `${gone.split('\n')[4]}\n`)
})

t.test('one whose groups are others loses what is another, and keeps the rest', async (t) => {
  t.equal(
    growth(cave).render([{ before: cave, after: placed(CAVE, 'ops') }]),
    [
      `delete element inet vpnunit from { ${CAVES} : jump group_servers_from }\n`,
      `delete element inet vpnunit to { ${CAVES} : jump group_servers_to }\n`,
      `delete element inet vpnunit members_servers { ${CAVES} }\n`,
      `add element inet vpnunit from { ${CAVES} : jump group_ops_from }\n`,
      `add element inet vpnunit to { ${CAVES} : jump group_ops_to }\n`,
    ].join(''),
  )
  t.equal(growth(cave).render([{ before: cave, after: cave }]), '')
})

t.test('the chain of a combination is made once, and never emptied', async (t) => {
  const first = growth()
  const lines = first.render([{ before: undefined, after: barn }])
  t.equal(lines.match(/^add chain /gm)?.length, 2)
  t.equal(lines.match(/^add rule /gm)?.length, 4)
  t.notMatch(first.render([{ before: attic, after: placed(ATTIC, 'a-b', 'ops') }]), 'chain')
  t.notMatch(growth(barn).render([{ before: undefined, after: placed(DOME, 'a-b', 'ops') }]), 'chain')
  t.notMatch(growth().render([{ before: undefined, after: off(barn) }]), 'chain')
})

t.test('of several all go before any comes: one may have come to the place of another', async (t) => {
  const lines = growth(cave).render([
    { before: undefined, after: cave },
    { before: cave, after: undefined },
  ])
  t.match(lines, /^(delete .*\n){5}(add .*\n){5}$/)
})
