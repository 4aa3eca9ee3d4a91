import t from 'tap'
import { parsePkSign, parseRsaSign } from './sign.ts'

t.test('what is to be signed, with the algorithm where it is told', async (t) => {
  t.same(parseRsaSign('AAAA'), { type: 'RSA_SIGN', dataBase64: 'AAAA' })
  t.same(parsePkSign('AAA='), { type: 'PK_SIGN', dataBase64: 'AAA=', algorithm: undefined })
  t.match(parsePkSign('AAAA,RSA_PKCS1_PSS_PADDING,hashalg=SHA256,saltlen=digest'), {
    algorithm: 'RSA_PKCS1_PSS_PADDING,hashalg=SHA256,saltlen=digest',
  })
})

t.test('what is no base64 is nothing', async (t) => {
  for (const text of ['', 'A', 'AA=', 'A-_A', ' AAAA']) {
    t.equal(parseRsaSign(text), undefined, text)
    t.equal(parsePkSign(text), undefined, text)
  }
})
