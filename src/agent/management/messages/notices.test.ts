import t from 'tap'
import { parseFatal, parseHold, parseInfo, parseNotify } from './notices.ts'

t.test('a hold tells how long OpenVPN would have waited', async (t) => {
  t.match(parseHold('Waiting for hold release:10'), { type: 'HOLD', waitSeconds: 10 })
  t.match(parseHold('Waiting for hold release'), { waitSeconds: undefined })
})

t.test('a notification has three parts, the last of which may be missing', async (t) => {
  t.same(parseNotify('info,server-pushed-connection-reset,'), {
    type: 'NOTIFY',
    severity: 'info',
    notification: 'server-pushed-connection-reset',
    detail: '',
  })
  t.match(parseNotify('info,remote-exit,EXIT,now'), { detail: 'EXIT,now' })
  t.match(parseNotify('a,b'), { detail: '' })
  t.equal(parseNotify('a'), undefined)
})

t.test('the others are a text', async (t) => {
  t.same(parseInfo('x: y'), { type: 'INFO', text: 'x: y' })
  t.same(parseFatal(''), { type: 'FATAL', text: '' })
})
