import type { Fqdn, GroupName } from '../domain/names.ts'
import { expectNoPeerWord, parsePeer } from '../domain/policy/peer.ts'
import { parseMember } from '../domain/policy/policy.ts'
import type { Unit } from '../unit.ts'
import { type Caller, change, type Step } from './change.ts'
import { collectFaults } from './faults.ts'
import { knownMember, knownPeer } from './known.ts'
import { differenceOf, type GroupDifference, type PolicyDifference, type WholePolicy } from './policy-difference.ts'
import { failuresOf, refuseFailures, reportFailures } from './policy-tests.ts'
import { readPolicy } from './read-policy.ts'
import { refuseMany } from './set-rules.ts'

/** The policy as the database has it, with what stands beside its rules. */
export function readWhole(unit: Unit): WholePolicy {
  const { groups, policyTests } = unit.store
  const descriptions = new Map(groups.list().map(({ name, description }) => [name, description]))
  return { policy: readPolicy(unit), descriptions, tests: policyTests.list() }
}

/**
 * What would become another, were this the policy. Changes nothing.
 * @throws Problem as `applyPolicy`
 */
export function comparePolicy(unit: Unit, wanted: WholePolicy): PolicyDifference {
  expectKnownNames(unit, wanted)
  reportFailures(failuresOf(unit, wanted.tests, wanted.policy), wanted.tests.length)
  return differenceOf(readWhole(unit), wanted)
}

/**
 * Makes this the whole policy: what it does not name is gone.
 * @throws Problem user-unknown, gateway-unknown, group-unknown, policy-test-failed
 */
export function applyPolicy(
  unit: Unit,
  caller: Caller,
  wanted: WholePolicy,
  expect: () => void,
): Promise<PolicyDifference> {
  return change(unit, caller, '/policy', (step) => {
    expect()
    expectKnownNames(unit, wanted)
    refuseFailures(failuresOf(unit, wanted.tests, wanted.policy))
    const difference = differenceOf(readWhole(unit), wanted)
    if (!difference.changed) return difference
    const before = unit.store.members.groupsOfAll()
    write(unit, step, wanted, difference)
    touchMoved(step, before, unit.store.members.groupsOfAll())
    step.touched.policy = true
    step.record('policy.apply', 'policy', summaryOf(difference))
    return difference
  })
}

/**
 * Names that nobody has are told all at once, each by its place: in members, rules and tests.
 * @throws Problem user-unknown, gateway-unknown, group-unknown
 */
export function expectKnownNames(unit: Unit, { policy, tests }: WholePolicy): void {
  const names = new Set(policy.groups.map(({ name }) => name))
  const hasGroup = (name: GroupName) => names.has(name)
  const faults = collectFaults()
  for (const { name, members, rules } of policy.groups) {
    if (unit.store.groups.find(name) === undefined) faults.at(`/groups/${name}`, () => expectNoPeerWord(name))
    faults.at(`/groups/${name}/rules`, () => refuseMany(rules.length))
    for (const [at, member] of members.entries()) {
      faults.at(`/groups/${name}/members/${at}`, () => knownMember(unit, member))
    }
    for (const [at, { peer }] of rules.entries()) {
      faults.at(`/groups/${name}/rules/${at}/peer`, () => knownPeer(unit, peer, hasGroup))
    }
  }
  for (const [at, { from, to }] of tests.entries()) {
    // A test about nobody holds, so that a mistyped name would never be seen.
    faults.at(`/tests/${at}/from`, () => knownPeer(unit, parsePeer(from), hasGroup))
    faults.at(`/tests/${at}/to`, () => knownPeer(unit, parsePeer(to), hasGroup))
  }
  faults.refuse()
}

/** In an order in which no rule ever names a group that is not there. */
function write(unit: Unit, step: Step, wanted: WholePolicy, difference: PolicyDifference): void {
  const { groups, rules, site, policyTests } = unit.store
  for (const name of difference.groupsAdded) {
    groups.insert({ name, description: wanted.descriptions.get(name) ?? '', createdAt: step.at })
  }
  const byName = new Map(wanted.policy.groups.map((group) => [group.name, group]))
  for (const changed of difference.groupsChanged) {
    const group = byName.get(changed.name)
    if (group !== undefined && changed.rules !== null) {
      const stored = group.rules.map((rule) => ({ ...rule, reference: knownPeer(unit, rule.peer, () => true) }))
      rules.replace(group.name, stored)
    }
    if (changed.description !== null) groups.describe(changed.name, changed.description.after)
    writeMembers(unit, changed)
  }
  for (const name of difference.groupsRemoved) rules.replace(name, [])
  for (const name of difference.groupsRemoved) groups.remove(name)
  site.setDefaultPolicy(wanted.policy.default)
  policyTests.replace(wanted.tests)
}

function writeMembers(unit: Unit, { name, membersAdded, membersRemoved }: GroupDifference): void {
  const { members } = unit.store
  for (const member of membersRemoved) members.remove(name, knownMember(unit, parseMember(member)))
  for (const member of membersAdded) members.add(name, knownMember(unit, parseMember(member)))
}

type GroupsOfAll = ReadonlyMap<Fqdn, readonly GroupName[]>

/** Every gateway whose groups are others now. */
function touchMoved(step: Step, before: GroupsOfAll, after: GroupsOfAll): void {
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    if (String(before.get(name) ?? '') !== String(after.get(name) ?? '')) step.touched.gateways.add(name)
  }
}

/** For the audit: names, and no lists of rules. */
function summaryOf({ groupsChanged, ...difference }: PolicyDifference): Record<string, unknown> {
  const { added, removed, changed } = difference.tests
  return {
    ...(difference.default !== null && { default: difference.default }),
    groupsAdded: difference.groupsAdded,
    groupsRemoved: difference.groupsRemoved,
    groupsChanged: groupsChanged.map(({ name }) => name).filter((name) => !difference.groupsAdded.includes(name)),
    tests: { added: added.length, removed: removed.length, changed: changed.length },
  }
}
