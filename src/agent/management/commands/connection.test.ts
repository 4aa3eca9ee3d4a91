import t from 'tap'
import { pkcs11IdCount, pkcs11IdGet, proxy, remote, remoteEntryCount, remoteEntryGet } from './connection.ts'

t.test('a remote is taken, replaced or skipped', async (t) => {
  t.equal(remote({ action: 'ACCEPT' }).text, 'remote ACCEPT\n')
  t.equal(remote({ action: 'SKIP' }).text, 'remote SKIP\n')
  t.equal(remote({ action: 'SKIP', count: 3 }).text, 'remote SKIP 3\n')
  t.equal(remote({ action: 'MOD', host: 'a b', port: 1234 }).text, 'remote MOD "a b" 1234\n')
  t.throws(() => remote({ action: 'OTHER' as 'ACCEPT' }), { code: 'bad-command' })
})

t.test('the remotes of the configuration are counted and listed', async (t) => {
  t.equal(remoteEntryCount().text, 'remote-entry-count\n')
  t.equal(remoteEntryGet('all').text, 'remote-entry-get all\n')
  t.equal(remoteEntryGet(1).text, 'remote-entry-get 1\n')
  t.equal(remoteEntryGet(1, 3).text, 'remote-entry-get 1 3\n')
})

t.test('a proxy is of one of three types', async (t) => {
  t.equal(proxy({ type: 'NONE' }).text, 'proxy NONE\n')
  t.equal(proxy({ type: 'HTTP', host: 'p', port: 8080 }).text, 'proxy HTTP "p" 8080\n')
  t.equal(proxy({ type: 'HTTP', host: 'p', port: 8080, onlyHashedAuth: true }).text, 'proxy HTTP "p" 8080 nct\n')
  t.equal(proxy({ type: 'SOCKS', host: 'fe00::1', port: 1080 }).text, 'proxy SOCKS "fe00::1" 1080\n')
  t.throws(() => proxy({ type: 'X' as 'NONE' }), { code: 'bad-command' })
})

t.test('identities of tokens are answered by real-time messages', async (t) => {
  t.match(pkcs11IdCount(), { text: 'pkcs11-id-count\n', shape: { kind: 'event', type: 'PKCS11ID-COUNT' } })
  t.match(pkcs11IdGet(2), { text: 'pkcs11-id-get 2\n', shape: { kind: 'event', type: 'PKCS11ID-ENTRY' } })
})
