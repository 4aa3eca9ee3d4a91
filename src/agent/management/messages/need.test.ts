import t from 'tap'
import { parseNeedCertificate, parseNeedOk, parseNeedStr } from './need.ts'

t.test('what is needed, in which form, and what to tell the user', async (t) => {
  const text = "Need 'token-insertion-request' confirmation MSG:Please insert 'a' MSG:token"
  const need = { what: 'token-insertion-request', needs: 'confirmation', message: "Please insert 'a' MSG:token" }
  t.same(parseNeedOk(text), { type: 'NEED-OK', ...need })
  t.same(parseNeedStr(text), { type: 'NEED-STR', ...need })
  t.same(parseNeedCertificate('a:b'), { type: 'NEED-CERTIFICATE', hint: 'a:b' })
})

t.test('half of it is nothing', async (t) => {
  for (const text of ['', "Need 'x'", "Need 'x' y", "Need 'x MSG:", 'x', "Need 'x' MSG:"]) {
    t.equal(parseNeedOk(text), undefined, text)
    t.equal(parseNeedStr(text), undefined, text)
  }
})
