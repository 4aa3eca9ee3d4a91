import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { DAY_MS } from '../domain/lifetime.ts'
import { certificatePem, type RevokedEntry } from './authority.ts'
import { generateKeyPair } from './key-pair.ts'
import { readRevocationList, revocationListPem } from './revocation-list.ts'
import { atTime, NOW, newAuthority } from './testing/authority.ts'
import { noOpenssl, openssl } from './testing/program.ts'

const END = new Date(NOW.getTime() + 30 * DAY_MS)
const life = { number: 1, thisUpdate: NOW, nextUpdate: END }
const authority = await newAuthority()
const { publicKey } = await generateKeyPair('ec-p256')

const entry = (serial: string, reason: RevokedEntry['reason'] = 'superseded', revokedAt = NOW): RevokedEntry => ({
  serial: serial.padStart(32, '0'),
  revokedAt,
  reason,
})

const printed = (der: Buffer): string => openssl(['crl', '-inform', 'DER', '-noout', '-text'], der).output

/** Whether openssl takes the list as its authority's when it looks for a gateway's certificate in it. */
function isTaken(folder: string, list: Buffer): boolean {
  const gateway = authority.issue({ kind: 'gateway', name: 'gw.example.org', publicKey, days: 1, now: NOW })
  writeFileSync(join(folder, 'ca.crt'), certificatePem(authority.certificate.der))
  writeFileSync(join(folder, 'crl.pem'), revocationListPem(list))
  const files = ['-CAfile', join(folder, 'ca.crt'), '-CRLfile', join(folder, 'crl.pem')]
  const verify = ['verify', '-x509_strict', '-crl_check', ...files, ...atTime(NOW)]
  return openssl(verify, certificatePem(gateway.der)).isWell
}

t.test('a list says its number, its times and each entry with its reason', { skip: noOpenssl }, async (t) => {
  const der = authority.signRevocationList({
    ...life,
    number: 4711,
    revoked: [
      entry('a1'),
      entry('b2', 'keyCompromise'),
      entry('c3', 'cessationOfOperation', new Date('2029-01-02T03:04:05.9Z')),
    ],
  })
  const text = printed(der)
  t.match(text, /Version 2 \(0x1\)/)
  t.match(text, /CRL Number: \s+4711\n/)
  t.match(text, /Authority Key Identifier/)
  t.match(text, /Last Update: Jun {2}1 12:00:00 2030 GMT\s+Next Update: Jul {2}1 12:00:00 2030 GMT/)
  t.match(text, /Serial Number: A1\s+Revocation Date: Jun {2}1 12:00:00 2030 GMT[\s\S]*?Superseded/)
  t.match(text, /Serial Number: B2[\s\S]*?Key Compromise/)
  t.match(text, /Serial Number: C3\s+Revocation Date: Jan {2}2 03:04:05 2029 GMT[\s\S]*?Cessation Of Operation/)
  t.ok(isTaken(t.testdir(), der))
})

t.test('a list without entries has none, instead of an empty list of them', { skip: noOpenssl }, async (t) => {
  const der = authority.signRevocationList({ ...life, revoked: [] })
  t.match(printed(der), /No Revoked Certificates/)
  t.same(readRevocationList(der, authority.certificate.der).serials, [])
})

t.test('openssl takes a list of 4,000 and counts them', { skip: noOpenssl }, async (t) => {
  const revoked = Array.from({ length: 4000 }, () => entry(randomBytes(16).toString('hex')))
  const der = authority.signRevocationList({ ...life, number: 65_536, revoked })
  const text = printed(der)
  t.equal(text.split('Serial Number: ').length - 1, 4000)
  t.match(text, /CRL Number: \s+65536\n/)
  t.ok(isTaken(t.testdir(), der))
  t.notOk(isTaken(t.testdir(), (await newAuthority()).signRevocationList({ ...life, revoked })), "not another's")
  t.same(
    readRevocationList(der, authority.certificate.der).serials,
    revoked.map(({ serial }) => serial),
  )
})

t.test('the next list is the same whether its entries were kept or are new', async (t) => {
  const fresh = await newAuthority('ed25519')
  const serials = (list: RevokedEntry[]): string[] =>
    readRevocationList(fresh.signRevocationList({ ...life, revoked: list }), fresh.certificate.der).serials
  const [one, two, three] = [entry('01'), entry('02'), entry('03')] as const
  t.same(serials([one, two]), [one.serial, two.serial])
  t.same(serials([two, three]), [two.serial, three.serial], 'what is gone from the list is gone from the file')
  const kept = fresh.signRevocationList({ ...life, revoked: [one, two, three] })
  const again = fresh.signRevocationList({ ...life, revoked: [one, two, three] })
  t.same(kept, again, 'Ed25519 signs the same octets the same way')
})

t.test('an entry whose date or reason changed is written anew', async (t) => {
  const der = (changed: RevokedEntry): Buffer => authority.signRevocationList({ ...life, revoked: [changed] })
  const first = der(entry('01'))
  t.ok(first.includes('300601120000Z'))
  t.ok(der(entry('01', 'superseded', new Date('2030-05-05T05:05:05Z'))).includes('300505050505Z'))
  t.notOk(der(entry('01')).includes('300505050505Z'))
  const reason = (wanted: RevokedEntry['reason']): boolean =>
    der(entry('01', wanted)).includes(Buffer.from('0a0101', 'hex'))
  t.equal(reason('keyCompromise'), true)
  t.equal(reason('superseded'), false)
})

t.test('a serial number that comes twice is written once, and any iterable will do', async (t) => {
  const der = authority.signRevocationList({ ...life, revoked: new Set([entry('01'), entry('02'), entry('01')]) })
  t.equal(readRevocationList(der, authority.certificate.der).serials.length, 2)
})

t.test('serial numbers with zeros or ones before them come back as they went in', async (t) => {
  const serials = [`00${'ab'.repeat(15)}`, 'ff'.repeat(16), `${'0'.repeat(31)}7`, '7f'.repeat(16)]
  const der = authority.signRevocationList({ ...life, revoked: serials.map((serial) => entry(serial)) })
  t.same(readRevocationList(der, authority.certificate.der).serials, serials)
})

t.test('a list that no client could use is not made', async (t) => {
  const make = (change: Partial<typeof life>) => () => authority.signRevocationList({ ...life, ...change, revoked: [] })
  t.throws(make({ number: -1 }), { message: '-1 is no CRL number' })
  t.throws(make({ number: 1.5 }), RangeError)
  t.throws(make({ number: 2 ** 53 }), RangeError)
  t.throws(make({ nextUpdate: NOW }), { message: 'a revocation list must end after it begins' })
})
