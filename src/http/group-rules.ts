import { Type } from 'typebox'
import { type GroupName, parseGroupName } from '../domain/names.ts'
import { formatRule, type GivenRule, parseRule, type Rule } from '../domain/policy/rule.ts'
import { addRule } from '../provision/add-rule.ts'
import { collectFaults } from '../provision/faults.ts'
import { knownGroup } from '../provision/known.ts'
import { removeRule } from '../provision/remove-rule.ts'
import { setRules } from '../provision/set-rules.ts'
import type { Unit } from '../unit.ts'
import { type Api, listAnswer, refusals } from './api.ts'
import { callerOf } from './authentication.ts'
import { expectMatch, sendObject } from './conditions.ts'
import { MUST } from './fault-words.ts'
import { AddedRule, RuleShown, RulesBody } from './policy-schemas.ts'
import { viewRules } from './policy-views.ts'
import { Name, strict } from './schemas.ts'

const params = Type.Object({ name: Name }, strict)
const positionParams = Type.Object(
  {
    name: Name,
    position: Type.String({
      pattern: '^[1-9][0-9]{0,5}$',
      [MUST]: 'be 1 or more, as the list of the rules counts them',
      description: 'From 1',
    }),
  },
  strict,
)
const tags = ['groups']
const path = '/groups/:name/rules'
const shown = { 200: listAnswer(RuleShown, 'All rules of the group, in their order'), ...refusals }

/** As many rules as a group holds, each as long as it can be. */
const RULES_LIMIT = 1024 * 1024

/** What a group says about the connections of its members. Every answer is the whole list, and the tag is that of the list. */
export function groupRuleRoutes(api: Api, unit: Unit): void {
  api.get(
    path,
    { schema: { tags, summary: 'List the rules of a group: the first that matches decides', params, response: shown } },
    (request, reply) => {
      const { name } = knownGroup(unit, parseGroupName(request.params.name))
      return sendObject(request, reply, viewRules(unit, name))
    },
  )

  api.put(
    path,
    {
      bodyLimit: RULES_LIMIT,
      schema: { tags, summary: 'Make these the rules of a group', params, body: RulesBody, response: shown },
    },
    async (request, reply) => {
      const group = parseGroupName(request.params.name)
      const expect = expectMatch(request, (name: GroupName) => viewRules(unit, name))
      const rules = await setRules(unit, callerOf(request), group, readRules(request.body), expect)
      return sendObject(request, reply, rules.map(formatRule))
    },
  )

  addRoute(api, unit)
  removeRoute(api, unit)
}

function addRoute(api: Api, unit: Unit): void {
  api.post(
    path,
    {
      schema: {
        tags,
        summary: 'Add a rule to a group, at the end or before the one at a position',
        params,
        body: AddedRule,
        response: { 201: shown[200], ...refusals },
      },
    },
    async (request, reply) => {
      const group = parseGroupName(request.params.name)
      const { position, ...text } = request.body
      const expect = expectMatch(request, (name: GroupName) => viewRules(unit, name))
      const rules = await addRule(unit, callerOf(request), group, parseRule(text), position, expect)
      reply.code(201).header('location', `/groups/${group}/rules`)
      return sendObject(request, reply, rules.map(formatRule))
    },
  )
}

function removeRoute(api: Api, unit: Unit): void {
  api.delete(
    `${path}/:position`,
    {
      schema: {
        tags,
        summary: 'Take a rule out of a group; those behind it move up',
        params: positionParams,
        response: shown,
      },
    },
    async (request, reply) => {
      const group = parseGroupName(request.params.name)
      const expect = expectMatch(request, (name: GroupName) => viewRules(unit, name))
      const rules = await removeRule(unit, callerOf(request), group, Number(request.params.position), expect)
      return sendObject(request, reply, rules.map(formatRule))
    },
  )
}

/** @throws Problem bad-rule, with the places of all that are wrong */
function readRules(texts: readonly GivenRule[]): Rule[] {
  const faults = collectFaults()
  const rules = texts.map((text, at) => faults.at(`/${at}`, () => parseRule(text)))
  faults.refuse()
  return rules.filter((rule) => rule !== undefined)
}
