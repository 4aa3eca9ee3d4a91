import t from 'tap'
import { parseGroupName } from '../../domain/names.ts'
import { parseRule } from '../../domain/policy/rule.ts'
import type { Rights } from '../policy-request.ts'
import { ops, twoGateways } from '../testing/two-gateways.ts'
import type { Tracked } from './conntrack.ts'
import { openFirewallKeeper } from './firewall-keeper.ts'
import type { Nft } from './nft.ts'

const web = parseGroupName('web')
const RULE = parseRule({ action: 'allow', direction: 'from', peer: 'internet', protocol: 'any' })
const [A, B] = ['2001:470:c844:200::/60', '2001:470:c844:300::/60']

function rightsOf(groupsOfA = [ops], rules = [RULE]): Rights {
  const groups = [ops, web].map((name) => ({ name, rules, members: [] }))
  return { policy: { default: 'closed', groups }, world: twoGateways(groupsOfA) }
}

/** A kernel that keeps what it is told as text, and lists what the test says. */
function fakeNft() {
  const loaded: string[] = []
  const kernel = { loaded, listing: 'table inet vpnunit {\n}\n', fault: undefined as string | undefined, hasOld: false }
  const nft: Nft = {
    check: async () => {
      if (kernel.fault !== undefined) throw new Error(kernel.fault)
    },
    load: async (text) => void loaded.push(text),
    list: async () => (kernel.hasOld || loaded.length > 0 ? kernel.listing : undefined),
  }
  return { kernel, nft }
}

function open(nft: Nft | undefined) {
  const tracked: Tracked[] = []
  const told: { done: string }[] = []
  const conntrack = { list: async () => tracked }
  const keeper = openFirewallKeeper({ nft, conntrack, devices: ['tun0'], log: false, tell: (news) => told.push(news) })
  return { keeper, tracked, told }
}

/** A connection of A with the outside, which it may have while it is in a group. */
const flow = (id: string): Tracked => ({
  id,
  protocol: 'tcp',
  source: '2001:470:c844:200::10',
  destination: '2001:db8::1',
  port: 80,
  icmpType: undefined,
})

const isWhole = (text: string) => text.includes('delete table inet vpnunit')

t.test('until a policy was told nothing is touched', async (t) => {
  const { kernel, nft } = fakeNft()
  const { keeper } = open(nft)
  t.equal(await keeper.setConnected(new Map([[A, 'tun0']])), undefined)
  await keeper.look()
  t.same(kernel.loaded, [])
})

t.test('a gateway that comes or goes is an element, a policy a table', async (t) => {
  const { kernel, nft } = fakeNft()
  const { keeper } = open(nft)
  t.match(await keeper.setRights(rightsOf()), { state: 'in place', gateways: 0 })
  t.match(await keeper.setConnected(new Map([[A, 'tun0']])), { state: 'in place', gateways: 1 })
  await keeper.setConnected(new Map([[A, 'tun0']]))
  await keeper.setConnected(new Map())
  await keeper.setRights(rightsOf([ops], []))
  t.same(kernel.loaded.map(isWhole), [true, false, false, true])
  t.match(kernel.loaded[1], /add element inet vpnunit onlink \{ "tun0" \. 2001:470:c844:200:: \}/)
  t.match(kernel.loaded[2], /delete element inet vpnunit onlink/)
})

t.test('a first gateway in several groups brings a table, the next one in the same ones does not', async (t) => {
  const { kernel, nft } = fakeNft()
  const { keeper } = open(nft)
  await keeper.setRights(rightsOf([ops, web]))
  await keeper.setConnected(new Map([[A, 'tun0']]))
  await keeper.setConnected(new Map())
  await keeper.setConnected(new Map([[A, 'tun0']]))
  t.same(kernel.loaded.map(isWhole), [true, true, false, false])
})

t.test('one that nobody has told of gets nothing', async (t) => {
  const { kernel, nft } = fakeNft()
  const { keeper } = open(nft)
  await keeper.setRights(rightsOf())
  t.match(await keeper.setConnected(new Map([['2001:470:c844:400::/60', 'tun0']])), { gateways: 0 })
  t.equal(kernel.loaded.length, 1)
  await keeper.setConnected(new Map([[B, 'tun0']]))
  t.notMatch(kernel.loaded.at(-1), / from /, 'without a group it has no rules of its own')
})

t.test('what the kernel refuses is said, and tried again', async (t) => {
  const { kernel, nft } = fakeNft()
  const { keeper, told } = open(nft)
  kernel.fault = 'nft does not do its work: no'
  t.match(await keeper.setRights(rightsOf()), { state: 'failing', fault: /no/ })
  t.same(kernel.loaded, [])
  kernel.fault = undefined
  await keeper.look()
  t.match(keeper.report(), { state: 'in place', fault: null, drift: 0 })
  t.equal(told.length, 2)
})

t.test('a table that is another than was left is replaced, and counted', async (t) => {
  const { kernel, nft } = fakeNft()
  const { keeper } = open(nft)
  await keeper.setRights(rightsOf())
  await keeper.look()
  t.equal(kernel.loaded.length, 1)
  kernel.listing = 'table inet vpnunit {\n\tchain evil {\n\t\taccept\n\t}\n}\n'
  await keeper.look()
  t.same(kernel.loaded.map(isWhole), [true, true])
  t.match(keeper.report(), { drift: 1, state: 'in place' })
})

t.test('what is forbidden now does not go on, also in a new table, until it may or has ended', async (t) => {
  const { kernel, nft } = fakeNft()
  const { keeper, tracked } = open(nft)
  const listing = (elements = '') => `\tset cut {\n\t\ttypeof ct id\n${elements}\t}\n`
  kernel.listing = listing()
  tracked.push(flow('7'), flow('8'))
  t.match(await keeper.setRights(rightsOf()), { cut: 0 })
  t.match(await keeper.setRights(rightsOf([])), { cut: 2 })
  t.equal(kernel.loaded.at(-1), 'flush set inet vpnunit cut\nadd element inet vpnunit cut { 7, 8 }\n')
  kernel.listing = listing('\t\telements = { 7, 8 }\n')
  tracked.pop()
  await keeper.look()
  t.equal(kernel.loaded.at(-1), 'flush set inet vpnunit cut\nadd element inet vpnunit cut { 7 }\n')
  kernel.listing = listing()
  await keeper.look()
  t.match(keeper.report(), { drift: 1, cut: 2 })
  t.match(kernel.loaded.at(-1), /delete table.*\nadd element inet vpnunit cut \{ 7 \}\n$/s)
  t.match(await keeper.setRights(rightsOf()), { cut: 2 })
  t.equal(kernel.loaded.at(-1), 'flush set inet vpnunit cut\n')
})

t.test('a gateway that connects does not wait until all connections are read', async (t) => {
  const { kernel, nft } = fakeNft()
  const listed = Promise.withResolvers<Tracked[]>()
  const conntrack = { list: () => listed.promise }
  const keeper = openFirewallKeeper({ nft, conntrack, devices: ['tun0'], log: false, tell: () => undefined })
  const rights = keeper.setRights(rightsOf())
  await keeper.setConnected(new Map([[A, 'tun0']]))
  t.match(kernel.loaded.at(-1), /onlink/)
  listed.resolve([])
  await rights
})

t.test('a conntrack that does not work leaves the table as it is, and is asked again', async (t) => {
  const { kernel, nft } = fakeNft()
  let list = (): Promise<Tracked[]> => Promise.reject(new Error('conntrack does not do its work: no'))
  const conntrack = { list: () => list() }
  const keeper = openFirewallKeeper({ nft, conntrack, devices: ['tun0'], log: false, tell: () => undefined })
  t.match(await keeper.setRights(rightsOf([])), { state: 'in place', fault: /conntrack/ })
  await keeper.look()
  t.equal(kernel.loaded.length, 1)
  t.match(await keeper.setConnected(new Map([[A, 'tun0']])), { state: 'in place', fault: /conntrack/ })
  list = async () => [flow('7')]
  kernel.listing = ''
  await keeper.look()
  t.match(keeper.report(), { cut: 1, fault: null })
})

t.test('where there is no nft that is said, and that nothing stands in the way', async (t) => {
  const { keeper } = open(undefined)
  t.equal(keeper.isMissing(), false, 'nobody has said yet what is wanted')
  t.match(await keeper.setRights(rightsOf()), { state: 'failing', fault: /install nftables/ })
  t.equal(keeper.isMissing(), true)
  const openRights = rightsOf()
  await keeper.setRights({ ...openRights, policy: { ...openRights.policy, default: 'open' } })
  t.equal(keeper.isMissing(), false)
})

t.test(
  'a table of before stays until it is told who is connected, and as long as its successor is refused',
  async (t) => {
    const { kernel, nft } = fakeNft()
    const { keeper } = open(nft)
    kernel.hasOld = true
    t.match(await keeper.setRights(rightsOf()), { state: 'in place' })
    await keeper.look()
    t.same(kernel.loaded, [], 'its elements are those of who is connected')
    kernel.fault = 'nft does not do its work: no'
    t.match(await keeper.setConnected(new Map([[A, 'tun0']])), { state: 'failing' })
    t.equal(keeper.isMissing(), false)
    kernel.fault = undefined
    await keeper.look()
    t.match(kernel.loaded, [/delete table.*"tun0" \. 2001:470:c844:200::/s])
  },
)

t.test('what was opened while there was no table is looked at when there is one', async (t) => {
  const { kernel, nft } = fakeNft()
  const { keeper, tracked } = open(nft)
  await keeper.setRights(rightsOf([]))
  kernel.listing = 'table inet vpnunit {\n\tchain evil {\n\t\taccept\n\t}\n}\n'
  tracked.push(flow('7'))
  await keeper.look()
  t.match(keeper.report(), { drift: 1, cut: 1 })
  kernel.fault = 'nft does not do its work: no'
  t.match(await keeper.setRights(rightsOf([], [])), { state: 'failing' })
  kernel.fault = undefined
  tracked.push(flow('8'))
  await keeper.look()
  t.match(keeper.report(), { cut: 2 }, 'also where its load failed at first')
})
