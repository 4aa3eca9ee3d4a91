import { type Fqdn, parseFqdn, parseUserName } from '../../domain/names.ts'
import { openStore, type Store } from '../store.ts'

export const at = new Date('2026-03-01T12:00:00Z')
export const fqdn = (name: string): Fqdn => parseFqdn(`${name}.example.org`)

/** Adds a gateway with its current certificate, whose serial is the gateway's name. */
export function add(
  store: Store,
  name: string,
  userNumber: number,
  slot: number,
  notAfter = '2028-01-01T00:00:00Z',
): number {
  const id = store.gateways.insert({ name: fqdn(name), userNumber, slot, createdAt: at })
  store.certificates.insert({
    serial: name,
    kind: 'gateway',
    gatewayId: id,
    name: fqdn(name),
    keyType: 'ed25519',
    notBefore: at,
    notAfter: new Date(notAfter),
    der: Buffer.from('der'),
    sealedKey: null,
    sealedTlsCryptKey: null,
    issuedAt: at,
  })
  return id
}

export function storeWithUsers(): Store {
  const store = openStore(':memory:')
  store.users.insert({ number: 2, name: parseUserName('ada'), createdAt: at })
  store.users.insert({ number: 3, name: parseUserName('bob'), createdAt: at })
  return store
}
