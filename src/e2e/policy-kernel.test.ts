import t from 'tap'
import { gatewayPrefix, instanceAddress } from '../domain/plan.ts'
import { formatRule } from '../domain/policy/rule.ts'
import { ownBlock } from '../domain/policy/world.ts'
import { formatAddress, formatPrefix } from '../domain/prefix.ts'
import { renderRuleset } from '../render/ruleset.ts'
import { renderConnect, renderDisconnect } from '../render/ruleset-elements.ts'
import { type Connected, peersOf, type RulesetInput } from '../render/ruleset-input.ts'
import { Chance } from './lab/chance.ts'
import { FirewallHost, type Sent } from './lab/firewall-host.ts'
import { answerOf, type Case, HOST_OUTSIDE, randomCase } from './lab/policy-cases.ts'
import { randomScene, type Scene } from './lab/random-policy.ts'
import { reasonToSkip } from './lab/requirements.ts'

const CASES = Number(process.env.CASES ?? 600)
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000)
const CASES_PER_SCENE = 60

const skip = reasonToSkip('nft', 'python3') ?? false

/** A gateway as it may have been before: away, as it is now, or elsewhere and in other groups. */
function before(chance: Chance, gateway: Connected, scene: Scene): Connected[] {
  if (chance.oneIn(3)) return []
  if (chance.oneIn(2)) return [gateway]
  const groups = scene.policy.groups.map(({ name }) => name).filter(() => chance.oneIn(2))
  return [{ ...gateway, device: chance.pick(['tun0', 'tun1']), groups }]
}

/** Brings the table into the kernel, by way of other states of the gateways. */
async function load(host: FirewallHost, chance: Chance, scene: Scene): Promise<void> {
  const { world, policy, deviceOf } = scene
  const wanted = [...deviceOf].map(([gateway, device]): Connected => {
    return { prefix: gatewayPrefix(world.plan, gateway), device, groups: gateway.groups }
  })
  let connected = wanted.flatMap((gateway) => before(chance, gateway, scene))
  const input = (): RulesetInput => {
    return { ...peersOf(world), devices: ['tun0', 'tun1'], policy, log: chance.oneIn(2), connected }
  }
  await host.load(renderRuleset(input()))
  for (const gateway of wanted.filter((one) => !connected.includes(one))) {
    const others = connected.filter(({ prefix }) => prefix.address !== gateway.prefix.address)
    const old = connected.find(({ prefix }) => prefix.address === gateway.prefix.address)
    if (chance.oneIn(2)) {
      // Again, or of one that never was: it is the same.
      for (let times = chance.below(3); times >= 0; times--) await host.load(renderDisconnect(input(), old ?? gateway))
      connected = others
    }
    await host.load(renderConnect(input(), gateway))
    connected = [...others, gateway]
    if (chance.oneIn(3)) await host.load(renderConnect(input(), gateway))
  }
}

/** The ways to all the gateways, and to nobody's part of the site, where nothing but the table stops a packet. */
async function route(host: FirewallHost, { world, deviceOf }: Scene): Promise<void> {
  await host.route([
    ...[...deviceOf].map(([gateway, by]) => ({ to: formatPrefix(gatewayPrefix(world.plan, gateway)), by })),
    { to: formatPrefix(world.plan.site), by: 'tun0' },
    { to: formatPrefix(ownBlock(world.plan)), by: 'out' },
    { to: 'default', by: 'out' },
  ])
  const addresses = [HOST_OUTSIDE, instanceAddress(world.plan, 0)].map(formatAddress)
  await host.namespace.ip6('addr flush dev lo scope global', ...addresses.map((one) => `addr add ${one}/128 dev lo`))
}

/** From the Internet to the site's own block, where no rule has a say. */
function unstopped(scene: Scene, number: number): Sent {
  const to = ownBlock(scene.world.plan).address | 1n
  const facts = { from: HOST_OUTSIDE + 1n, to, kind: 'udp', sourcePort: 7, port: 7, type: 0 } as const
  return { facts: { ...facts, isAnswer: false, number }, by: 'out' }
}

/** One difference, with all that is needed to see why. */
function tell(scene: Scene, one: Case, expected: string, arrived: boolean): string {
  const ends = `${formatAddress(one.facts.from)} to ${formatAddress(one.facts.to)}`
  const said = {
    from: formatAddress(one.facts.from),
    by: one.by,
    kind: one.facts.kind,
    port: one.facts.port,
    type: one.facts.type,
  }
  return JSON.stringify({ ends, said, expected, arrived, default: scene.policy.default })
}

type Count = Map<string, number>

const isWrong = (expected: string, arrived: boolean) => expected.startsWith('allow') !== arrived

/** The cases of one scene, and what answers them: what the kernel and the model do not agree about. */
async function compare(
  host: FirewallHost,
  chance: Chance,
  scene: Scene,
  count: Count,
  first: number,
): Promise<string[]> {
  const cases = Array.from({ length: CASES_PER_SCENE }, (_, index) => randomCase(chance, scene, first + index))
  const last = unstopped(scene, first + cases.length)
  const arrived = await host.send([...cases.map(({ facts, by }) => ({ facts, by })), last])
  const answers = cases
    .filter(({ canAnswer }) => canAnswer)
    .map((one) => ({
      one,
      by: one.answerBy,
      ...answerOf(scene, one, one.facts.number + CASES_PER_SCENE + 1, arrived.has(one.facts.number)),
    }))
  const back = await host.send([...answers, unstopped(scene, first + 2 * CASES_PER_SCENE + 2)])
  const results = [
    ...cases.map((one) => ({ one, expected: one.expected, has: arrived.has(one.facts.number) })),
    ...answers.map(({ one, expected, facts }) => ({ one: { ...one, facts }, expected, has: back.has(facts.number) })),
  ]
  for (const { expected } of results) count.set(expected, (count.get(expected) ?? 0) + 1)
  return results
    .filter(({ expected, has }) => isWrong(expected, has))
    .map(({ one, expected, has }) => tell(scene, one, expected, has))
}

t.test(`the model is the kernel, in ${CASES} cases, SEED=${SEED}`, { skip, timeout: 1_800_000 }, async (t) => {
  const host = await FirewallHost.make(t)
  const chance = new Chance(SEED)
  const count: Count = new Map()
  for (let done = 0; done < CASES; done += CASES_PER_SCENE) {
    const scene = randomScene(chance)
    await route(host, scene)
    await load(host, chance, scene)
    const wrong = await compare(host, chance, scene, count, done * 3)
    if (wrong.length > 0) {
      t.comment(
        scene.policy.groups.map(({ name, rules }) => `${name}: ${JSON.stringify(rules.map(formatRule))}`).join('\n'),
      )
      t.comment(
        [...scene.deviceOf]
          .map(([{ name, number, slot, groups }, by]) => `${name} ${number}/${slot} ${by}: ${groups}`)
          .join('\n'),
      )
    }
    t.same(wrong, [], `scene ${done / CASES_PER_SCENE}`)
  }
  t.comment(
    [...count]
      .sort()
      .map(([what, times]) => `${what}: ${times}`)
      .join(', '),
  )
  for (const what of [
    'allow rule',
    'deny rule',
    'allow default',
    'deny default',
    'deny spoof',
    'allow icmpv6-needed',
  ]) {
    t.ok((count.get(what) ?? 0) > 0, `there was a case of ${what}`)
  }
})
