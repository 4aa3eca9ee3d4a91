import t from 'tap'
import { nothingTouched } from '../publish/touched.ts'
import { openStore } from '../store/store.ts'
import type { Unit } from '../unit.ts'
import type { Step } from './change.ts'
import { revokeCertificates } from './revoke-certificates.ts'

const NOW = new Date('2026-03-01T12:00:00Z')
const LATER = new Date('2027-01-01T00:00:00Z')

/** Certificates by serial, with their ends. */
const ENDS = { a0: LATER, a1: NOW, a2: new Date('2026-03-01T12:00:01Z'), a3: LATER }

t.test('only certificates that are still good are revoked, and their serials told', async (t) => {
  const store = openStore(':memory:')
  for (const [serial, notAfter] of Object.entries(ENDS)) {
    const rest = {
      keyType: 'ec-p256',
      notBefore: NOW,
      der: Buffer.from('der'),
      sealedKey: null,
      sealedTlsCryptKey: null,
    } as const
    store.certificates.insert({
      serial,
      kind: 'gateway',
      gatewayId: null,
      name: 'gw',
      notAfter,
      issuedAt: NOW,
      ...rest,
    })
  }
  const before = new Date('2026-02-01T00:00:00Z')
  store.certificates.revoke('a3', before, 'keyCompromise')
  const rows = Object.keys(ENDS).flatMap((serial) => store.certificates.find(serial) ?? [])
  const nothing = () => undefined
  const step: Step = {
    at: NOW,
    touched: nothingTouched(),
    record: nothing,
    renewCrl: () => 0,
    tellAgents: nothing,
    endSessions: nothing,
  }

  const revoked = revokeCertificates({ store } as Unit, step, rows, 'cessationOfOperation')

  t.same(revoked, ['a0', 'a2'])
  t.match(store.certificates.find('a0'), { revokedAt: NOW, revocationReason: 'cessationOfOperation' })
  t.match(store.certificates.find('a1'), { revokedAt: null }, 'it has ended')
  t.match(
    store.certificates.find('a3'),
    { revokedAt: before, revocationReason: 'keyCompromise' },
    'it was revoked before',
  )
})
