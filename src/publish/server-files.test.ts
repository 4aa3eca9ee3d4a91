import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { planOf } from '../domain/plan.ts'
import { parsePrefix } from '../domain/prefix.ts'
import { renderInstanceConf } from '../render/instance-conf.ts'
import { renderServerConf } from '../render/server-conf.ts'
import { layoutOf, makeFolders } from './layout.ts'
import { publishServerFiles } from './server-files.ts'

const plan = planOf(parsePrefix('2001:470:c844::/48'))
const settings = {
  plan,
  device: 'tun0',
  remote: { port: 1194, protocol: 'udp' },
  data: '/srv/vpnunit',
  run: '/run/vpnunit',
  instances: [0, 2],
} as const
const OWN = {
  caCertificate: 'the ca\n',
  certificate: 'the certificate\n',
  key: 'the key\n',
  tlsCryptKey: 'the other\n',
}

async function publishedIn(t: Test) {
  const layout = layoutOf(t.testdir({}))
  makeFolders(layout)
  await publishServerFiles(layout, settings, OWN)
  const { caCertificate, serverCertificate, serverKey, tlsCryptKey, serverConf } = layout
  const paths = { caCertificate, serverCertificate, serverKey, tlsCryptKey, serverConf }
  return { layout, paths, again: (own = OWN) => publishServerFiles(layout, settings, own) }
}

const read = (path: string) => readFileSync(path, 'utf8')
const modeOf = (path: string) => statSync(path).mode & 0o777

t.test('what a server starts from is there, and its keys are for us alone', async (t) => {
  const { paths } = await publishedIn(t)
  t.equal(read(paths.caCertificate), 'the ca\n')
  t.equal(read(paths.serverCertificate), 'the certificate\n')
  t.equal(read(paths.serverKey), 'the key\n')
  t.equal(read(paths.tlsCryptKey), 'the other\n')
  t.equal(read(paths.serverConf), renderServerConf(settings))
  for (const path of [paths.serverKey, paths.tlsCryptKey]) t.equal(modeOf(path), 0o600, path)
  for (const path of [paths.caCertificate, paths.serverCertificate, paths.serverConf])
    t.equal(modeOf(path), 0o644, path)
})

t.test('what says so already is left alone', async (t) => {
  const { paths, again } = await publishedIn(t)
  const stats = () => Object.values(paths).map((path) => [statSync(path).ino, statSync(path).ctimeMs])
  const before = stats()
  await again()
  t.same(stats(), before)
})

t.test('what was edited is made right, and a new key comes with its certificate', async (t) => {
  const { paths, again } = await publishedIn(t)
  for (const path of Object.values(paths)) writeFileSync(path, 'edited')
  await again({ ...OWN, key: 'the new key\n', certificate: 'the new certificate\n' })
  t.equal(read(paths.serverKey), 'the new key\n')
  t.equal(read(paths.serverCertificate), 'the new certificate\n')
  t.equal(read(paths.caCertificate), 'the ca\n')
  t.equal(read(paths.serverConf), renderServerConf(settings))
})

t.test('a key that was opened to others is closed again', async (t) => {
  const { paths, again } = await publishedIn(t)
  for (const path of Object.values(paths)) chmodSync(path, 0o666)
  await again()
  for (const path of [paths.serverKey, paths.tlsCryptKey]) t.equal(modeOf(path), 0o600, path)
  for (const path of [paths.caCertificate, paths.serverCertificate, paths.serverConf])
    t.equal(modeOf(path), 0o644, path)
})

t.test('each instance has its configuration, and one that is no more has none', async (t) => {
  const { layout } = await publishedIn(t)
  const instances = () => readdirSync(layout.ovpn).filter((name) => name.startsWith('instance'))
  t.same(instances(), ['instance-0.conf', 'instance-2.conf'])
  t.equal(read(layout.instanceConf(2)), renderInstanceConf(settings, 2))
  for (const name of ['instance-1.conf.old', 'instance-01.conf', 'instance-a.conf', 'my-instance-1.conf']) {
    writeFileSync(join(layout.ovpn, name), 'somebody’s')
  }
  mkdirSync(layout.instanceConf(9))
  await publishServerFiles(layout, { ...settings, instances: [2, 3] }, OWN)
  t.same(
    readdirSync(layout.ovpn)
      .filter((name) => name.includes('instance'))
      .sort(),
    [
      'instance-01.conf',
      'instance-1.conf.old',
      'instance-2.conf',
      'instance-3.conf',
      'instance-9.conf',
      'instance-a.conf',
      'my-instance-1.conf',
    ],
  )
})

t.test('a run folder that is none keeps the static server from nothing', async (t) => {
  const layout = layoutOf(t.testdir({}))
  makeFolders(layout)
  const run = `/run/${'a'.repeat(100)}`
  await t.rejects(publishServerFiles(layout, { ...settings, run }, OWN), { message: /^VPNUNIT_RUN is too long/ })
  t.equal(read(layout.serverConf), renderServerConf(settings))
})
