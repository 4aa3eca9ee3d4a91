import t from 'tap'
import { NASTY_TEXTS } from '../testing/nasty.ts'
import { parseFeedAnswer } from './feed-answer.ts'
import { access, GATEWAY, whole } from './testing/feed.ts'

t.test('an answer as the service gives it', async (t) => {
  const answer = whole({ orders: [{ number: 3, kind: 'withdraw', gateways: [GATEWAY] }] })
  t.same(parseFeedAnswer(JSON.parse(JSON.stringify({ ...answer, later: 'fields are left aside' }))), answer)
})

t.test('one wrong part makes the whole wrong', async (t) => {
  const wrong: [object, RegExp][] = [
    [{ revision: -1 }, /revision/],
    [{ feed: 'a b' }, /feed/],
    [{ whole: 'yes' }, /whole/],
    [{ site: null }, /site is no object/],
    [{ site: { ...whole().site, prefix: '2001:470:c844::/60' } }, /site prefix/],
    [{ site: { ...whole().site, pushRoutes: ['2000::/3\npush x'] } }, /not an IPv6 network/],
    [{ site: { ...whole().site, secondSession: 'both' } }, /secondSession/],
    [{ gateways: {} }, /gateways is no list/],
    [{ gateways: [access(), access({ number: 256 })] }, /gwa.ada.example.org: number/],
    [{ gateways: [access({ slot: 16 })] }, /slot/],
    [{ gateways: [access({ serials: ['AA'] })] }, /serials/],
    [{ gateways: [{ ...access(), disabled: undefined }] }, /disabled/],
    [{ orders: [{ number: 1, kind: 'reboot', gateways: [] }] }, /kind/],
    [{ removed: ['nodots'] }, /not a gateway name/],
  ]
  for (const [part, words] of wrong) t.throws(() => parseFeedAnswer({ ...whole(), ...part }), words)
  for (const value of [null, [], 'text', 1]) t.throws(() => parseFeedAnswer(value), /no object/)
})

t.test('no name passes that could be more than a name', async (t) => {
  for (const [what, name] of Object.entries(NASTY_TEXTS)) {
    t.throws(() => parseFeedAnswer({ ...whole(), gateways: [{ ...access(), name }] }), what)
  }
})
