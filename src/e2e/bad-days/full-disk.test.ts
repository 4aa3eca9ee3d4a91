import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { GatewayBody, Reply, Service } from '../lab/service.ts'
import { temporaryFolder } from '../lab/temporary-folder.ts'
import { until } from '../lab/until.ts'
import { addGateway, addUser, type ProblemBody, tryGateway } from './asking.ts'
import { noOtherClock, timesAsFast } from './clock.ts'
import { readArtefacts } from './files.ts'
import { untilHealthy, warnings } from './health.ts'
import { SmallDisk } from './mounts.ts'
import { readCrl } from './openssl.ts'
import { cannotMount, missing } from './requirements.ts'
import { differences } from './rows-and-files.ts'
import { launch, refusedStart, STACK, startService } from './start.ts'

const skip = cannotMount() || missing('truncate', 'openssl')

/** A megabyte holds an empty installation several times. */
const DISK_PAGES = 512

/** A user "ada" with a gateway, in a data directory on a small disk. */
async function makeSmall(t: Test, environment: Record<string, string> = {}) {
  const disk = await SmallDisk.mount(t, DISK_PAGES)
  const service = await startService(t, join(disk.folder, 'data'), environment)
  await addUser(service, 'ada')
  await addGateway(service, 'first.example.org')
  return { disk, service }
}

/** A commit may find room in what the log of the database already has; soon none does. */
async function addUsersUntilRefused(service: Service): Promise<{ reply: Reply<ProblemBody>; name: string }> {
  for (let n = 0; n < 50; n++) {
    const name = `user-${n}`
    const reply = await service.request<ProblemBody>('POST', '/users', { name })
    if (reply.status !== 201) return { reply, name }
  }
  throw new Error('fifty users fit on a full disk')
}

t.test('a change that the full disk can’t take is refused, and everything stays as it was', { skip }, async (t) => {
  const { disk, service } = await makeSmall(t)
  const before = readArtefacts(service.data)
  disk.fill()
  const { reply, name } = await addUsersUntilRefused(service)
  t.match(reply.body, { type: '/problems/storage-failed', status: 503, detail: /can't be written: .*full/ })
  t.equal(reply.status, 503)
  t.match(reply.headers['content-type'], /^application\/problem\+json/)
  t.match(await tryGateway(service, 'second.example.org'), { status: 503, body: { type: '/problems/storage-failed' } })
  t.equal((await service.request('DELETE', '/gateway/first.example.org')).status, 503)

  t.same(await warnings(service), ['storage-failing'])
  t.equal((await service.request('GET', `/users/${name}`)).status, 404, 'what was refused is not there')
  t.equal((await service.request('GET', '/gateway/first.example.org')).status, 200, 'what was not removed is there')
  t.same(readArtefacts(service.data), before)

  disk.free()
  await addUser(service, name)
  await addGateway(service, 'second.example.org')
  t.same(await warnings(service), [])
  t.same(await differences(service), [])
})

t.test('however little room is left, every file is the old one or the new one, and recovers', { skip }, async (t) => {
  const { disk, service } = await makeSmall(t)
  const seen = new Set<string>()
  // A gateway takes some thirteen pages, its removal some ten.
  for (const pages of [0, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]) {
    const name = `g${pages}.example.org`
    const revoked = (await readCrl(service.data)).serials
    await tryWith(t, { disk, service, pages, seen }, name, () => tryGateway(service, name))
    t.same((await readCrl(service.data)).serials, revoked, 'a new gateway revokes nothing')
    const { serial } = (await service.request<GatewayBody>('GET', `/gateway/${name}`)).body.certificate
    await tryWith(t, { disk, service, pages, seen }, name, () => service.request('DELETE', `/gateway/${name}`))
    t.same((await readCrl(service.data)).serials, [...revoked, serial].sort(), 'a removal revokes its certificate')
  }
  t.comment([...seen].join(', '))
  t.ok(seen.has('/problems/storage-failed') && seen.has('done'), 'both ends were met')
})

type Trial = { disk: SmallDisk; service: Service; pages: number; seen: Set<string> }

/** Tries a change with so much room, and again with enough when it was not taken. */
async function tryWith(t: Test, trial: Trial, name: string, act: () => Promise<Reply<ProblemBody>>): Promise<void> {
  const { disk, service, pages, seen } = trial
  await disk.leave(pages)
  const before = readArtefacts(service.data)
  const reply = await act()
  checkReply(t, reply)
  checkHalves(t, before, service, name)
  seen.add(reply.status < 300 ? 'done' : reply.body.type)
  disk.free()
  if (reply.body.type === '/problems/storage-failed') t.ok((await act()).status < 300, 'it is taken when there is room')
  await untilHealthy(service)
  t.same(await differences(service), [], `all is well after ${pages} free pages`)
}

function checkReply(t: Test, { status, headers, body }: Reply<ProblemBody>): void {
  if (status < 300) return
  t.equal(status, 503)
  t.match(body.type, /^\/problems\/(storage-failed|publish-pending)$/)
  t.equal(headers.location !== undefined, body.type.endsWith('publish-pending'), 'what stands says where it is')
}

/** Whatever happened, no file but the gateway's own and the two lists is another one, and these are whole. */
function checkHalves(t: Test, before: Map<string, string>, { data }: Service, name: string): void {
  const now = readArtefacts(data)
  const client = now.get(`ovpn/clients/${name}`)
  if (client !== undefined) t.match(client, CLIENT, 'the file of the gateway is whole')
  t.match(now.get('ip/routes'), ROUTES, 'the route list is whole')
  t.match(now.get('pki/crl.pem'), /^-----BEGIN X509 CRL-----\n[\s\S]+\n-----END X509 CRL-----\n$/)
  for (const changing of [before, now]) {
    for (const path of [`ovpn/clients/${name}`, 'ip/routes', 'pki/crl.pem']) changing.delete(path)
  }
  t.same(now, before)
}

const CLIENT = /^# .*\nifconfig-ipv6-push \S+\/112\niroute-ipv6 \S+\npush "route-ipv6 \S+"\n$/
const ROUTES = /^unreachable \S+ metric 4096\n(2001:470:c844:[0-9a-f]+::\/60 dev tun0\n)*$/

t.test('a line that fits the route list only by half is not begun', { skip }, async (t) => {
  const data = join(temporaryFolder(t), 'data')
  const own = await SmallDisk.mount(t, 4, join(data, 'ip'))
  const service = await startService(t, data)
  await own.leave(0)
  const { name, reply } = await addGatewaysUntilRefused(service)
  t.match(reply, {
    status: 503,
    headers: { location: `/gateway/${name}` },
    body: { type: '/problems/publish-pending' },
  })
  t.match(readFileSync(join(data, 'ip/routes'), 'utf8'), ROUTES)
  t.same(await warnings(service), ['publish-pending'])
  t.match(readFileSync(join(data, 'ovpn/clients', name), 'utf8'), /^iroute-ipv6 /m)

  own.free()
  await untilHealthy(service)
  t.same(await differences(service), [])
})

/** A page of the route list holds some 127 gateways. */
async function addGatewaysUntilRefused(service: Service): Promise<{ name: string; reply: Reply<ProblemBody> }> {
  for (let n = 0; n < 200; n++) {
    const [user, name] = [`user-${n >> 4}`, `g${n}.example.org`]
    if (n % 16 === 0) await addUser(service, user)
    const reply = await tryGateway(service, name, user)
    if (reply.status !== 201) return { name, reply }
  }
  throw new Error('two hundred lines fit into a page')
}

t.test('room is found by housekeeping when nobody asks for a change', { skip: skip || noOtherClock }, async (t) => {
  // Its minute is three seconds on this clock.
  const { disk, service } = await makeSmall(t, timesAsFast(20))
  disk.fill()
  await addUsersUntilRefused(service)
  t.same(await warnings(service), ['storage-failing'])
  disk.free()
  await until('health is ok again', 10_000, async () => (await warnings(service)).length === 0)
})

t.test('a start for which there is no room says where, or serves', { skip }, async (t) => {
  const { disk, service } = await makeSmall(t)
  await service.stop()
  for (const pages of [0, 4]) {
    await disk.leave(pages)
    const { code, words } = await refusedStart(t, service.data)
    t.equal(code, 1)
    t.match(words, /disk/)
    t.match(words, service.data, 'it says which disk')
    t.notMatch(words, STACK)
    disk.free()
  }
  const again = await startService(t, service.data)
  t.same(await differences(again), [])
  await again.kill9()

  // After a crash the files of the database are large enough already.
  disk.fill()
  await launch(t, service.data).waitFor(/"msg":"serving"/, 30_000)
})
