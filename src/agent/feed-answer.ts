import {
  type Access,
  type FeedAnswer,
  type FeedSite,
  type Order,
  type PolicyText,
  SECOND_SESSION,
} from '../domain/agent-feed.ts'
import { parseFqdn, parseGroupName, parseUserName } from '../domain/names.ts'
import { lastUser, planOf, SLOTS } from '../domain/plan.ts'
import { formatRule, parseRule, type RuleText } from '../domain/policy/rule.ts'
import { parsePrefix } from '../domain/prefix.ts'

type Fields = Record<string, unknown>

const SERIAL = /^[0-9a-f]{1,40}$/
const FEED = /^[\x21-\x7e]{1,100}$/

/**
 * An answer of the service, every part of it looked at: what is wrong anywhere makes the whole of it wrong, because half
 * a state would let in or shut out somebody.
 * @throws Error saying where it is wrong
 */
export function parseFeedAnswer(value: unknown): FeedAnswer {
  const answer = fields(value, 'the answer')
  const site = parseSite(answer.site)
  const numbers = lastUser(planOf(parsePrefix(site.prefix)))
  return {
    feed: text(answer.feed, 'feed', FEED),
    revision: count(answer.revision, 'revision'),
    whole: truth(answer.whole, 'whole'),
    site,
    policy: answer.policy === null ? null : parsePolicy(answer.policy),
    gateways: list(answer.gateways, 'gateways').map((item) => parseAccess(item, numbers)),
    removed: list(answer.removed, 'removed').map((name) => parseFqdn(text(name, 'removed'))),
    orders: list(answer.orders, 'orders').map(parseOrder),
  }
}

/** @throws Error saying where it is wrong */
export function parseSite(value: unknown): FeedSite {
  const site = fields(value, 'site')
  const prefix = text(site.prefix, 'site.prefix')
  planOf(parsePrefix(prefix))
  const pushRoutes = list(site.pushRoutes, 'site.pushRoutes').map((route) => text(route, 'site.pushRoutes'))
  pushRoutes.forEach(parsePrefix)
  const secondSession = SECOND_SESSION.find((known) => known === site.secondSession)
  if (secondSession === undefined) throw new Error('site.secondSession is wrong')
  return { prefix, pushRoutes, secondSession }
}

/**
 * What is kept is the text: apply reads it again, and has the last word.
 * @throws Error saying where it is wrong
 */
export function parsePolicy(value: unknown): PolicyText {
  const policy = fields(value, 'policy')
  const known = policy.default
  if (known !== 'open' && known !== 'closed') throw new Error('policy.default is wrong')
  const groups = list(policy.groups, 'policy.groups').map((item) => {
    const group = fields(item, 'policy.groups')
    const name = parseGroupName(text(group.name, 'policy.groups: name'))
    const rules = list(group.rules, `group ${name}`).map((rule) =>
      formatRule(parseRule(fields(rule, `group ${name}`) as RuleText)),
    )
    return { name, rules }
  })
  return { default: known, groups }
}

function parseAccess(value: unknown, lastNumber: number): Access {
  const access = fields(value, 'gateways')
  const name = parseFqdn(text(access.name, 'gateways: name'))
  const where = (field: string) => `${name}: ${field}`
  return {
    name,
    user: parseUserName(text(access.user, where('user'))),
    number: count(access.number, where('number'), lastNumber),
    slot: count(access.slot, where('slot'), SLOTS - 1),
    disabled: truth(access.disabled, where('disabled')),
    userDisabled: truth(access.userDisabled, where('userDisabled')),
    serials: serials(access.serials, where('serials')),
    retiring: serials(access.retiring, where('retiring')),
    groups: list(access.groups, where('groups')).map((group) => parseGroupName(text(group, where('groups')))),
  }
}

function parseOrder(value: unknown): Order {
  const order = fields(value, 'orders')
  const { kind } = order
  if (kind !== 'withdraw' && kind !== 'disconnect') throw new Error('orders: kind is wrong')
  const gateways = list(order.gateways, 'orders: gateways').map((name) => parseFqdn(text(name, 'orders: gateways')))
  return { number: count(order.number, 'orders: number'), kind, gateways }
}

function serials(value: unknown, where: string): string[] {
  return list(value, where).map((serial) => text(serial, where, SERIAL))
}

function fields(value: unknown, where: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${where} is no object`)
  return value as Fields
}

function list(value: unknown, where: string): unknown[] {
  if (!Array.isArray(value)) throw new Error(`${where} is no list`)
  return value
}

function text(value: unknown, where: string, pattern = /^/): string {
  if (typeof value !== 'string' || !pattern.test(value)) throw new Error(`${where} is wrong`)
  return value
}

function truth(value: unknown, where: string): boolean {
  if (typeof value !== 'boolean') throw new Error(`${where} is neither true nor false`)
  return value
}

function count(value: unknown, where: string, most = Number.MAX_SAFE_INTEGER): number {
  if (!Number.isSafeInteger(value) || Number(value) < 0 || Number(value) > most) throw new Error(`${where} is wrong`)
  return Number(value)
}
