import t from 'tap'
import { parsePkcs11IdCount, parsePkcs11IdEntry } from './pkcs11.ts'

t.test('identities are counted', async (t) => {
  t.same(parsePkcs11IdCount('5'), { type: 'PKCS11ID-COUNT', count: 5 })
  t.equal(parsePkcs11IdCount('x'), undefined)
})

t.test('an entry has its id and certificate, or is not there', async (t) => {
  t.same(parsePkcs11IdEntry("'1', ID:'a/b', BLOB:'AAAA'"), {
    type: 'PKCS11ID-ENTRY',
    index: 1,
    entry: { id: 'a/b', blobBase64: 'AAAA' },
  })
  t.match(parsePkcs11IdEntry("'0'"), { index: 0, entry: undefined })
  for (const text of ['', '0', "'x'", "'0', ID:'a'"]) t.equal(parsePkcs11IdEntry(text), undefined, text)
})
