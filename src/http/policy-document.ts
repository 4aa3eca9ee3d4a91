import type { Static } from 'typebox'
import { type GroupName, parseGroupName } from '../domain/names.ts'
import { formatPeer, parsePeer } from '../domain/policy/peer.ts'
import { byName, formatMember, type Group, parseMember } from '../domain/policy/policy.ts'
import { formatRule, parseRule } from '../domain/policy/rule.ts'
import { Problem } from '../domain/problem.ts'
import { collectFaults, type Faults } from '../provision/faults.ts'
import type { WholePolicy } from '../provision/policy-difference.ts'
import type { PolicyTest } from '../store/policy-tests.ts'
import type { PolicyBody } from './policy-schemas.ts'

export type PolicyDocument = Static<typeof PolicyBody>
type TestDocument = NonNullable<PolicyDocument['tests']>[number]

/** The whole policy as one document, in an order that depends on nothing but what is in it. */
export function viewPolicy({ policy, descriptions, tests }: WholePolicy) {
  const groups = policy.groups.map((group) => [group.name, viewGroupOf(group, descriptions.get(group.name) ?? '')])
  return {
    default: policy.default,
    groups: Object.fromEntries(groups) as Record<string, ReturnType<typeof viewGroupOf>>,
    tests: [...tests],
  }
}

function viewGroupOf({ members, rules }: Group, description: string) {
  return {
    ...(description !== '' && { description }),
    members: members.map(formatMember),
    rules: rules.map(formatRule),
  }
}

/** What the API answers, for those who ask it. */
export type { GroupDifference, PolicyDifference } from '../provision/policy-difference.ts'
export type PolicyView = ReturnType<typeof viewPolicy>

/**
 * The policy that a document describes. Every fault of it is told at once, by its place.
 * @throws Problem bad-name, bad-rule, bad-request
 */
export function readDocument(document: PolicyDocument): WholePolicy {
  const faults = collectFaults()
  const descriptions = new Map<GroupName, string>()
  const groups = Object.entries(document.groups).flatMap(([text, group]) => {
    const name = faults.at(`/groups/${pointer(text)}`, () => parseGroupName(text))
    if (name === undefined) return []
    descriptions.set(name, group.description ?? '')
    return [readGroup(faults, name, group)]
  })
  const tests = (document.tests ?? []).map((test, at) => faults.at(`/tests/${at}`, () => readTest(test)))
  faults.refuse()
  const read = tests.filter((test) => test !== undefined)
  refuseTwins(read)
  return { policy: { default: document.default, groups: groups.toSorted(byName) }, descriptions, tests: read }
}

function readGroup(faults: Faults, name: GroupName, group: PolicyDocument['groups'][string]): Group {
  const read = <Text, T>(field: 'members' | 'rules', texts: readonly Text[], parse: (text: Text) => T): T[] =>
    texts
      .map((text, at) => faults.at(`/groups/${name}/${field}/${at}`, () => parse(text)))
      .filter((one) => one !== undefined)
  return {
    name,
    members: read('members', group.members ?? [], parseMember),
    rules: read('rules', group.rules ?? [], parseRule),
  }
}

/** The members in one order, so that equal tests are equal texts. */
export function readTest(test: TestDocument): PolicyTest {
  const [from, to] = [test.from, test.to].map((text) => formatPeer(parsePeer(text)))
  const { protocol, port, expect } = test
  expectPort(protocol, port)
  const words = `${from} to ${to}, ${protocol}${port === undefined ? '' : ` ${port}`}: ${expect}`
  return {
    name: test.name ?? words,
    from: test.from,
    to: test.to,
    protocol,
    ...(port === undefined ? {} : { port }),
    expect,
  }
}

/** @throws Problem bad-request */
export function expectPort(protocol: string, port: number | undefined): void {
  if (protocol === 'icmpv6' && port !== undefined)
    throw new Problem('bad-request', 'icmpv6 has no ports: leave "port" away')
}

/** A test is known by its name, when it fails. */
function refuseTwins(tests: readonly PolicyTest[]): void {
  const names = new Set<string>()
  for (const [at, { name }] of tests.entries()) {
    if (names.has(name)) {
      const fault = 'has the name of another test'
      throw new Problem('bad-request', `/tests/${at} ${fault}.`, {
        errors: [{ field: `/tests/${at}`, message: fault }],
      })
    }
    names.add(name)
  }
}

/** RFC 6901, and never long. */
function pointer(text: string): string {
  return text.slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1')
}
