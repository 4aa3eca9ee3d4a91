import { chmodSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { layoutOf, makeFolders } from './layout.ts'

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)

function withUmask(t: Test, umask: number): void {
  const before = process.umask(umask)
  t.teardown(() => process.umask(before))
}

t.test('everything stands where the design says', async (t) => {
  const { instanceConf, ...layout } = layoutOf('/data')
  t.equal(instanceConf(7), '/data/ovpn/instance-7.conf')
  t.same(layout, {
    data: '/data',
    database: '/data/database.sqlite3',
    lock: '/data/serve.lock',
    adminToken: '/data/admin-token',
    socket: '/data/vpnunit.sock',
    pki: '/data/pki',
    privateKeys: '/data/pki/private',
    caCertificate: '/data/pki/ca.crt',
    crl: '/data/pki/crl.pem',
    caKey: '/data/pki/private/ca.key',
    storageKey: '/data/pki/private/storage.key',
    ovpn: '/data/ovpn',
    serverConf: '/data/ovpn/server.conf',
    serverCertificate: '/data/ovpn/server.crt',
    serverKey: '/data/ovpn/server.key',
    tlsCryptKey: '/data/ovpn/tls-crypt-v2.key',
    clients: '/data/ovpn/clients',
    ip: '/data/ip',
    routes: '/data/ip/routes',
    firewall: '/data/firewall',
    ruleset: '/data/firewall/ruleset.nft',
    sessions: '/data/sessions',
  })
})

t.test('OpenVPN’s folders are open to all and private/ to us alone, under a strict umask too', async (t) => {
  withUmask(t, 0o077)
  const data = join(t.testdir({}), 'data')
  makeFolders(layoutOf(data))
  for (const folder of ['', 'pki', 'ovpn', 'ovpn/clients', 'ip', 'firewall'])
    t.equal(modeOf(join(data, folder)), '755', folder)
  t.equal(modeOf(join(data, 'pki/private')), '700')
})

t.test('private/ is closed under a lax umask', async (t) => {
  withUmask(t, 0)
  const data = join(t.testdir({}), 'data')
  makeFolders(layoutOf(data))
  t.equal(modeOf(join(data, 'pki/private')), '700')
})

t.test('a folder that is there keeps the mode its administrator gave it', async (t) => {
  const data = join(t.testdir({}), 'data')
  mkdirSync(join(data, 'ovpn'), { recursive: true })
  chmodSync(data, 0o711)
  chmodSync(join(data, 'ovpn'), 0o750)
  makeFolders(layoutOf(data))
  makeFolders(layoutOf(data))
  t.equal(modeOf(data), '711')
  t.equal(modeOf(join(data, 'ovpn')), '750')
  t.equal(modeOf(join(data, 'ovpn/clients')), '755')
})
