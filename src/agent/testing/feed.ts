import type { Access, FeedAnswer, FeedSite } from '../../domain/agent-feed.ts'
import { parseFqdn, parseUserName } from '../../domain/names.ts'

export const GATEWAY = parseFqdn('gwa.ada.example.org')
export const OTHER = parseFqdn('gwb.bob.example.org')

/** The serial in the recorded transcripts, and another. */
export const SERIAL = '29a741cb9cdd318ac1d6505ea28faddf8217f98e'
export const NEW_SERIAL = '11223344556677889900aabbccddeeff'

export const SITE: FeedSite = {
  prefix: '2001:470:c844::/48',
  pushRoutes: ['2000::/3', '2001:470:c844::/48'],
  secondSession: 'replace',
}

export function access(more: Partial<Access> = {}): Access {
  return {
    name: GATEWAY,
    user: parseUserName('ada'),
    number: 2,
    slot: 0,
    disabled: false,
    userDisabled: false,
    serials: [SERIAL],
    retiring: [],
    groups: [],
    ...more,
  }
}

/** The first answer an agent gets: everything, here one gateway unless others are given. */
export function whole(more: Partial<FeedAnswer> = {}): FeedAnswer {
  return {
    feed: 'f1',
    revision: 1,
    whole: true,
    site: SITE,
    policy: null,
    gateways: [access()],
    removed: [],
    orders: [],
    ...more,
  }
}

/** What comes after it. */
export function delta(more: Partial<FeedAnswer> = {}): FeedAnswer {
  return { ...whole(), revision: 2, whole: false, gateways: [], ...more }
}
