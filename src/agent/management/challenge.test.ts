import t from 'tap'
import {
  decodeBase64,
  encodeDynamicChallenge,
  encodeDynamicResponse,
  encodeStaticResponse,
  encodeTextChallenge,
  parseDynamicChallenge,
  parseDynamicResponse,
  parseStaticChallenge,
  parseStaticResponse,
  parseTextChallenge,
  parseTextResponse,
} from './challenge.ts'

t.test('base64 is read strictly', async (t) => {
  t.equal(decodeBase64('Y3Ix')?.toString(), 'cr1')
  t.equal(decodeBase64('')?.length, 0)
  for (const bad of ['Y3I', 'Y3Ix=', 'Y3I=x', ' Y3Ix', 'Y3Ix\n', 'Y3-_', 'Y3==Y3==', 'YR==', '=', 'Y3I\u0130']) {
    t.equal(decodeBase64(bad), undefined, bad)
  }
})

t.test('a static challenge and its answer are those of the manual', async (t) => {
  t.same(parseStaticChallenge('1,Please enter token PIN'), { text: 'Please enter token PIN', echo: true })
  t.same(parseStaticChallenge('0,a,b'), { text: 'a,b', echo: false })
  for (const bad of ['', '1', 'x,y', '-1,y']) t.equal(parseStaticChallenge(bad), undefined, bad)
  t.equal(encodeStaticResponse('bar', '8675309'), 'SCRV1:YmFy:ODY3NTMwOQ==')
  const both = parseStaticResponse(encodeStaticResponse('p:"ü', ''))
  t.same([both?.password.reveal(), both?.response.reveal()], ['p:"ü', ''])
  for (const bad of ['', 'SCRV1:', 'SCRV1:a:b', 'SCRV1:YmFy', 'SCRV1:YmFy:YmFy:YmFy', 'SCRV1:/w==:YmFy', 'YmFy:YmFy']) {
    t.equal(parseStaticResponse(bad), undefined, bad)
  }
})

t.test('a dynamic challenge and its answer are those of the manual', async (t) => {
  const text = 'CRV1:R,E:Om01u7Fh4LrGBS7uh0SWmzwabUiGiW6l:Y3Ix:Please enter token PIN'
  const challenge = {
    flags: { echo: true, response: true },
    stateId: 'Om01u7Fh4LrGBS7uh0SWmzwabUiGiW6l',
    username: 'cr1',
    text: 'Please enter token PIN',
  }
  t.same(parseDynamicChallenge(text), challenge)
  t.equal(encodeDynamicChallenge(challenge), text)
  t.match(parseDynamicChallenge('CRV1:::: a:b'), { flags: { echo: false, response: false }, stateId: '', text: ' a:b' })
  for (const bad of ['', 'CRV1:', 'CRV1:R:s:x', 'CRV1:R:s:***:x', 'crv1:R:s::x'])
    t.equal(parseDynamicChallenge(bad), undefined, bad)

  const answer = encodeDynamicResponse(challenge.stateId, '86:75')
  t.equal(answer, `CRV1::${challenge.stateId}::86:75`)
  const read = parseDynamicResponse(answer)
  t.same([read?.stateId, read?.response.reveal()], [challenge.stateId, '86:75'])
  for (const bad of ['', 'CRV1:', 'CRV1::s', 'CRV1::s:x', 'CRV1:s::x'])
    t.equal(parseDynamicResponse(bad), undefined, bad)
  t.throws(() => encodeDynamicResponse('a:b', ''), { code: 'bad-command' })
  t.throws(() => encodeDynamicChallenge({ ...challenge, stateId: 'a:b' }), { code: 'bad-command' })
})

t.test('a text challenge goes there and back, and its answer is read from base64', async (t) => {
  for (const echo of [true, false]) {
    const challenge = { flags: { echo, response: !echo }, text: 'a:b, c' }
    t.same(parseTextChallenge(encodeTextChallenge(challenge)), challenge)
  }
  t.equal(encodeTextChallenge({ flags: { echo: true, response: true }, text: 'x' }), 'CR_TEXT:R,E:x')
  for (const bad of ['', 'CR_TEXT:', 'CR_TEXT:R', 'CR_TEXT']) t.equal(parseTextChallenge(bad), undefined, bad)
  t.equal(parseTextResponse('SGFsbG8gV2VsdCE=')?.reveal(), 'Hallo Welt!')
  for (const bad of ['SGFsbG8', '/w==', 'a b']) t.equal(parseTextResponse(bad), undefined, bad)
})
