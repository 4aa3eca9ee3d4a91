import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { HOME } from '../home.ts'
import { missing } from './bad-days/requirements.ts'
import { type Answer, exec } from './lab/exec.ts'
import { Service } from './lab/service.ts'
import { temporaryFolder } from './lab/temporary-folder.ts'
import type { Owner } from './lab/undo.ts'

const skip = missing('curl', 'openssl', 'cmp')

/** A clock that says another day. */
const DATE = `#!/bin/sh
if [ "$*" = +%s ]; then exec /bin/date -d "$TODAY" +%s; fi
exec /bin/date "$@"
`

type VpnHost = { pki: string; crl: string; fetch: (url: string, today?: string) => Promise<Answer> }

/** A VPN host that has the authority of a service, and no revocation list yet. */
function makeHost(owner: Owner, service: Service): VpnHost {
  const folder = temporaryFolder(owner)
  const pki = join(folder, 'pki')
  for (const name of ['pki', 'bin']) mkdirSync(join(folder, name))
  copyFileSync(join(service.data, 'pki/ca.crt'), join(pki, 'ca.crt'))
  writeFileSync(join(folder, 'bin/date'), DATE)
  chmodSync(join(folder, 'bin/date'), 0o755)
  const fetch = (url: string, today = 'now') => {
    const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}`, TODAY: today }
    return exec(join(HOME, 'script/fetch-crl'), [url, folder], { env })
  }
  return { pki, crl: join(pki, 'crl.pem'), fetch }
}

/** curl reads a list that lies in a folder as it would from a service. */
const urlOf = (folder: string) => `file://${folder}`

t.test('a list of the authority is put in place, and again only when it is another', { skip }, async (t) => {
  const service = await Service.start(t, temporaryFolder(t))
  const { pki, crl, fetch } = makeHost(t, service)
  const url = urlOf(join(service.data, 'pki'))
  t.match(await fetch(url), { code: 0, stdout: /crl\.pem is a new one\n$/, stderr: '' })
  t.equal(readFileSync(crl, 'utf8'), readFileSync(join(service.data, 'pki/crl.pem'), 'utf8'))
  t.equal(statSync(crl).mode & 0o777, 0o644, 'OpenVPN reads it as nobody')
  t.same(await fetch(url), { code: 0, stdout: '', stderr: '' })
  await service.request('POST', '/users', { name: 'ada' })
  await service.request('POST', '/gateways', { name: 'a.ada.example.org', user: 'ada' })
  await service.request('DELETE', '/gateway/a.ada.example.org')
  const before = statSync(crl).ino
  t.match(await fetch(url), { code: 0, stdout: /is a new one/ })
  t.not(statSync(crl).ino, before, 'in one step, not written over')
  t.same(readdirSync(pki).sort(), ['ca.crt', 'crl.pem'], 'nothing is left over')
})

t.test('an older list does not take the place of a newer one', { skip }, async (t) => {
  const service = await Service.start(t, temporaryFolder(t))
  const { crl, fetch } = makeHost(t, service)
  const [own, mirror] = [join(service.data, 'pki'), temporaryFolder(t)]
  copyFileSync(join(own, 'crl.pem'), join(mirror, 'crl.pem'))
  await service.request('POST', '/users', { name: 'ada' })
  await service.request('POST', '/gateways', { name: 'a.ada.example.org', user: 'ada' })
  await service.request('DELETE', '/gateway/a.ada.example.org')
  t.match(await fetch(urlOf(own)), { code: 0 })
  const newer = readFileSync(crl, 'utf8')
  t.match(await fetch(urlOf(mirror)), { code: 1, stderr: /is older than the one in place/ })
  t.equal(readFileSync(crl, 'utf8'), newer)
  writeFileSync(crl, 'damaged')
  t.match(await fetch(urlOf(mirror)), { code: 0 }, 'one that is damaged is in nobody’s way')
})

t.test('what is no good list leaves the one in place as it is', { skip }, async (t) => {
  const [service, stranger] = await Promise.all([
    Service.start(t, temporaryFolder(t)),
    Service.start(t, temporaryFolder(t)),
  ])
  const { pki, crl, fetch } = makeHost(t, service)
  const url = urlOf(join(service.data, 'pki'))
  t.match(await fetch(urlOf(join(stranger.data, 'pki'))), { code: 1, stderr: /no revocation list of the authority/ })
  t.match(await fetch(url, '+2 years'), { code: 1, stderr: /has ended/ })
  t.match(await fetch(url, '-2 years'), { code: 1, stderr: /not good yet/ })
  t.notOk(existsSync(crl))
  t.match(await fetch(url), { code: 0 })
  const good = readFileSync(crl, 'utf8')
  const page = temporaryFolder(t)
  t.match(await fetch(urlOf(page)), { code: 1, stderr: /nothing came from/ })
  for (const text of ['<html></html>\n', '', good.slice(0, 200)]) {
    writeFileSync(join(page, 'crl.pem'), text)
    t.match(await fetch(urlOf(page)), { code: 1, stderr: /no revocation list of the authority/ })
  }
  t.equal(readFileSync(crl, 'utf8'), good)
  t.same(readdirSync(pki).sort(), ['ca.crt', 'crl.pem'], 'nothing is left over')
})

t.test('it says how it is called, and what it lacks', async (t) => {
  const script = join(HOME, 'script/fetch-crl')
  for (const words of [[], [''], ['a', 'b', 'c']]) t.match(await exec(script, words), { code: 2, stderr: 'usage' })
  t.match(await exec(script, ['https://localhost', temporaryFolder(t)]), { code: 1, stderr: /cannot read .*ca\.crt/ })
})
