import { Type } from 'typebox'
import { ACTIONS } from '../domain/policy/rule.ts'
import { DefaultName, RuleShown } from './policy-schemas.ts'
import { oneOf, shared, strict } from './schemas.ts'

const rules = Type.Array(Type.Ref(RuleShown.$id))
const strings = Type.Array(Type.String())
const fromTo = (of: ReturnType<typeof Type.String> | typeof DefaultName) =>
  Type.Union([Type.Object({ before: of, after: of }, strict), Type.Null()])

export const PolicyDifferenceShown = shared('PolicyDifference', {
  changed: Type.Boolean(),
  default: fromTo(DefaultName),
  groupsAdded: strings,
  groupsRemoved: strings,
  groupsChanged: Type.Array(
    Type.Object(
      {
        name: Type.String(),
        description: fromTo(Type.String()),
        membersAdded: strings,
        membersRemoved: strings,
        rules: Type.Union([Type.Object({ before: rules, after: rules }, strict), Type.Null()]),
      },
      strict,
    ),
  ),
  tests: Type.Object({ added: strings, removed: strings, changed: strings }, strict),
})

const end = Type.Object(
  {
    address: Type.String({ description: 'host is the VPN host' }),
    gateway: Type.Union([Type.String(), Type.Null()], { description: 'Whose address it is' }),
  },
  strict,
)

export const ExplanationShown = shared('Explanation', {
  verdict: oneOf(
    ['allow', 'deny', 'mixed', 'nobody', 'too-much'],
    'mixed: some of what "from" and "to" mean is allowed, and some is not; nobody: they mean nobody at the moment; too-much: more than can be looked at',
  ),
  default: DefaultName,
  nobody: Type.Array(oneOf(['from', 'to']), { description: 'Which of the two mean nobody at the moment' }),
  examples: Type.Array(
    Type.Object(
      {
        verdict: oneOf(ACTIONS),
        because: oneOf(['rule', 'default', 'loop', 'spoof', 'icmpv6-needed', 'not-ours']),
        from: end,
        to: end,
        decidedBy: Type.Union([
          Type.Object(
            {
              side: oneOf(['from', 'to'], 'Whether it is a rule of the one who connects, or of the other'),
              gateway: Type.String({ description: 'Whose rule it is' }),
              group: Type.String(),
              position: Type.Integer({ description: 'In the group, from 1' }),
              via: Type.Array(Type.String(), { description: 'The members that bring the gateway into the group' }),
              rule: Type.Ref(RuleShown.$id),
            },
            strict,
          ),
          Type.Null(),
        ]),
      },
      strict,
    ),
    { description: 'One of each verdict there is' },
  ),
})

export const POLICY_ANSWER_SCHEMAS = [PolicyDifferenceShown, ExplanationShown]
