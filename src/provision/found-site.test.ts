import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto'
import t from 'tap'
import { openAuthority } from '../ca/authority.ts'
import { generateKeyPair } from '../ca/key-pair.ts'
import { openVault } from '../ca/vault.ts'
import { SERVER_TLS_CRYPT_CONTEXT } from '../domain/key-context.ts'
import { openStore } from '../store/store.ts'
import { foundSite } from './found-site.ts'

const NOW = new Date('2026-03-01T12:00:00Z')

async function newParts(serverName = 'vpn.example.org') {
  const { privateKey } = await generateKeyPair('ec-p256')
  const authorityKey = createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' })
  return {
    store: openStore(':memory:'),
    vault: openVault(randomBytes(32)),
    authorityKey,
    serverName,
    prefix: '2001:db8::/48',
  }
}

t.test('the first start makes the authority’s certificate, from the key that is there', async (t) => {
  const parts = await newParts()
  const site = await foundSite(parts, NOW)
  t.match(site, {
    id: 1,
    revision: 0,
    crlNumber: 0,
    serverName: 'vpn.example.org',
    createdAt: NOW,
    prefix: '2001:db8::/48',
  })
  t.same(
    openAuthority(parts.authorityKey, site.authorityCertificate).certificate.notAfter,
    new Date('2036-02-29T12:00:00Z'),
  )
  t.ok(new X509Certificate(site.authorityCertificate).ca)
})

t.test('and the server’s tls-crypt-v2 key, sealed', async (t) => {
  const parts = await newParts()
  const { sealedTlsCryptKey } = await foundSite(parts, NOW)
  const opened = parts.vault.open(sealedTlsCryptKey, SERVER_TLS_CRYPT_CONTEXT).toString()
  t.match(opened, /^-----BEGIN OpenVPN tls-crypt-v2 server key-----\n/)
  t.notOk(sealedTlsCryptKey.includes('OpenVPN'))
})

t.test('every later start finds what was made, whatever it is told', async (t) => {
  const parts = await newParts()
  const first = await foundSite(parts, NOW)
  const later = new Date('2030-01-01T00:00:00Z')
  t.same(await foundSite({ ...parts, serverName: 'other.example.org' }, later), first)
})

t.test('two sites never share a key', async (t) => {
  const [one, other] = [await newParts(), await newParts()]
  const sites = [await foundSite(one, NOW), await foundSite(other, NOW)]
  const keys = [one, other].map(({ vault }, n) =>
    vault.open(sites[n]?.sealedTlsCryptKey ?? Buffer.alloc(0), SERVER_TLS_CRYPT_CONTEXT),
  )
  t.notSame(keys[0], keys[1])
})

t.test('an ed25519 authority is one too', async (t) => {
  const { privateKey } = await generateKeyPair('ed25519')
  const authorityKey = createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' })
  const site = await foundSite({ ...(await newParts()), authorityKey }, NOW)
  t.equal(openAuthority(authorityKey, site.authorityCertificate).certificate.keyType, 'ed25519')
})
