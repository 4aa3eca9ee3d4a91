import t from 'tap'
import { parsePassword } from './password.ts'

t.test('what is needed, with a static challenge or without', async (t) => {
  const none = { challenge: undefined }
  t.match(parsePassword("Need 'Private Key' password"), { what: 'Private Key', needs: 'password', ...none })
  t.match(parsePassword("Need 'Auth' username/password"), { what: 'Auth', needs: 'username/password', ...none })
  t.match(parsePassword("Need 'Auth' username/password SC:1,PIN, please"), {
    challenge: { echo: true, text: 'PIN, please' },
  })
  t.match(parsePassword("Need 'Auth' username/password SC:2,PIN"), { challenge: { echo: false } })
})

t.test('a failure, with what the server said', async (t) => {
  t.match(parsePassword("Verification Failed: 'Auth'"), { type: 'PASSWORD:FAILED', what: 'Auth', reason: undefined })
  t.match(parsePassword("Verification Failed: 'Auth' ['it's late']"), { what: 'Auth', reason: "it's late" })
  const crv1 = 'CRV1:R,E:state42:YWRh:Enter: the code'
  const challenge = {
    flags: { echo: true, response: true },
    stateId: 'state42',
    username: 'ada',
    text: 'Enter: the code',
  }
  t.match(parsePassword(`Verification Failed: 'Auth' ['${crv1}']`), { what: 'Auth', reason: crv1, challenge })
  t.match(parsePassword(`Verification Failed: ['${crv1}']`), { what: undefined, reason: crv1, challenge })
  t.match(parsePassword("Verification Failed: 'it's your own fault'"), {
    what: undefined,
    reason: "it's your own fault",
  })
})

t.test('a token is told and not printed', async (t) => {
  const event = parsePassword('Auth-Token:SESS_ID_x')
  t.equal(event?.type === 'PASSWORD:AUTH-TOKEN' && event.token.reveal(), 'SESS_ID_x')
  t.notMatch(JSON.stringify(event), 'SESS_ID_x')
})

t.test('what is none of these is nothing', async (t) => {
  const bad = ['', "Need 'Auth'", "Need 'Auth' something", "Need 'Auth' password SC:x", 'Verification Failed: ', 'Auth']
  for (const text of [...bad, "Verification Failed: x'"]) t.equal(parsePassword(text), undefined, text)
})
