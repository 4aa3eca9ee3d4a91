import t from 'tap'
import { parseInfomsg } from './infomsg.ts'

t.test('a text challenge has its flags and its question', async (t) => {
  t.same(parseInfomsg('CR_TEXT:R,E:Code: now, please'), {
    type: 'INFOMSG:CR_TEXT',
    challenge: { flags: { echo: true, response: true }, text: 'Code: now, please' },
  })
  t.match(parseInfomsg('CR_TEXT::'), { challenge: { flags: { echo: false, response: false }, text: '' } })
})

t.test('a web page has its flags, a proxy with an IPv6 address among them', async (t) => {
  t.match(parseInfomsg('WEB_AUTH::https://a.b/c:d'), { type: 'INFOMSG:WEB_AUTH', flags: [], url: 'https://a.b/c:d' })
  t.match(parseInfomsg('WEB_AUTH:hidden,external:https://a'), { flags: ['hidden', 'external'], url: 'https://a' })
  t.match(parseInfomsg('WEB_AUTH:proxy=[2001:db8::1];80;YQ==;Yg==,hidden:https://a'), {
    flags: ['proxy=[2001:db8::1];80;YQ==;Yg==', 'hidden'],
    url: 'https://a',
  })
  t.match(parseInfomsg('OPEN_URL:https://a.b/'), { type: 'INFOMSG:OPEN_URL', url: 'https://a.b/' })
})

t.test('another form stays a text, and half of one that is known is nothing', async (t) => {
  t.same(parseInfomsg('NEW_WAY:x'), { type: 'INFOMSG', text: 'NEW_WAY:x' })
  for (const text of ['CR_TEXT:', 'CR_TEXT:R', 'WEB_AUTH:', 'WEB_AUTH:x', 'WEB_AUTH:[a:b']) {
    t.equal(parseInfomsg(text), undefined, text)
  }
})
