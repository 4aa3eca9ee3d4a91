import { type TSchema, Type } from 'typebox'
import { ACTIONS, DIRECTIONS, PROTOCOLS } from '../domain/policy/rule.ts'
import { MUST } from './fault-words.ts'
import { Name, oneOf, shared, strict, Time } from './schemas.ts'

const DEFAULTS = ['open', 'closed'] as const

export const DefaultName = oneOf(DEFAULTS, 'What a gateway may do of which no rule says anything')

/** As many rules as a group holds, and some more, whose number is then refused in words. */
const RULES_READ = 10_000

const rule = {
  action: oneOf(ACTIONS),
  direction: oneOf(DIRECTIONS, 'from: the member opens connections to the peer; to: the peer opens them to the member'),
  peer: Type.String({
    maxLength: 255,
    description: 'any, internet, host, a network such as 2001:db8::/32, gateway:<fqdn>, user:<name> or group:<name>',
  }),
  protocol: oneOf(PROTOCOLS),
  ports: Type.Optional(Type.Array(Type.String(), { description: 'Such as "22" or "8000-8100"; all without' })),
  network: Type.Optional(
    Type.String({
      maxLength: 16,
      description: 'The digit of the member’s own network that the rule is about; all without',
    }),
  ),
}

/** One port, or a range of them, as it may be given: YAML reads 22 as a number. */
const GivenPort = Type.Unsafe<string | number>({
  type: ['string', 'integer'],
  maxLength: 16,
  [MUST]: 'be a port such as 22 or a range such as "8000-8100"',
})

/** A rule as a body has it: grammar is the domain's, whose refusals say more. */
const givenRule = {
  ...rule,
  // An empty list would mean every port, and whoever made one meant none.
  ports: Type.Optional(
    Type.Array(GivenPort, {
      minItems: 1,
      maxItems: 100,
      description: 'Such as 22 or "8000-8100"; a number is kept as its text; all without',
    }),
  ),
}

export const RuleBody = Type.Object(givenRule, strict)
export const RulesBody = Type.Array(RuleBody, { maxItems: RULES_READ })
export const AddedRule = Type.Object(
  {
    ...givenRule,
    position: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'From 1; the end without' })),
  },
  strict,
)

export const RuleShown = shared('Rule', rule, { description: 'What a group says about the connections of its members' })

export const GroupShown = shared('Group', {
  name: Type.String(),
  description: Type.String(),
  members: Type.Integer({ description: 'How many there are' }),
  rules: Type.Integer({ description: 'How many there are' }),
  createdAt: Time,
})

/** Nothing in it that a terminal would obey, or that would begin a line. */
const SEEN = '[^\\p{C}\\p{Zl}\\p{Zp}]'

const ONE_LINE = { [MUST]: 'be one line, without characters that can’t be seen' }

export const Description = Type.String({
  maxLength: 500,
  pattern: `^${SEEN}*$`,
  ...ONE_LINE,
  description: 'One line, for people',
})

export const MemberShown = shared('Member', {
  member: Type.String({ description: 'user:<name> or gateway:<fqdn>' }),
  kind: oneOf(['user', 'gateway'], 'A user is a member with whatever gateways it has'),
  name: Type.String(),
})

export const AppliedRule = shared('AppliedRule', {
  group: Type.String(),
  position: Type.Integer({ description: 'In the group, from 1' }),
  via: Type.Array(Type.String(), { description: 'The members that bring the gateway into the group' }),
  ...rule,
})

export const EffectiveRules = shared('EffectiveRules', {
  gateway: Type.String(),
  default: DefaultName,
  groups: Type.Array(Type.String()),
  rules: Type.Array(Type.Ref(AppliedRule.$id), {
    description: 'In the order in which they are asked: the first that matches decides',
  }),
})

export const End = Type.String({ maxLength: 255, description: 'In the words of a rule’s peer' })
export const FlowProtocol = oneOf(['tcp', 'udp', 'icmpv6'])
export const Port = Type.Integer({ minimum: 1, maximum: 65_535 })

const test = {
  from: End,
  to: End,
  protocol: FlowProtocol,
  port: Type.Optional(Port),
  expect: oneOf(ACTIONS),
}

const TestName = Type.String({ minLength: 1, maxLength: 300, pattern: `^${SEEN}+$`, ...ONE_LINE })

const documentOf = <Rules extends TSchema>(rules: Rules) => ({
  default: DefaultName,
  groups: Type.Record(
    Type.String(),
    Type.Object(
      {
        description: Type.Optional(Description),
        members: Type.Optional(Type.Array(Name, { maxItems: 100_000 })),
        rules: Type.Optional(rules),
      },
      strict,
    ),
    { description: 'By name' },
  ),
  tests: Type.Optional(
    Type.Array(Type.Object({ name: Type.Optional(TestName), ...test }, strict), {
      maxItems: 1000,
      description: 'What the policy must always do; a name is made where none is given',
    }),
  ),
})

export const PolicyBody = Type.Object(documentOf(RulesBody), {
  ...strict,
  [MUST]: 'be a policy, with "default" (open or closed) and "groups", as GET /policy shows it',
})
export const PolicyShown = shared('Policy', documentOf(Type.Array(Type.Object(rule, strict))), {
  description: 'The whole policy',
})

export const POLICY_SCHEMAS = [RuleShown, GroupShown, MemberShown, AppliedRule, EffectiveRules, PolicyShown]
