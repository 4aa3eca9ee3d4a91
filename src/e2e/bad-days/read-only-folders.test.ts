import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { GatewayBody, Reply } from '../lab/service.ts'
import { temporaryFolder } from '../lab/temporary-folder.ts'
import { addGateway, addUser, type ProblemBody, tryGateway } from './asking.ts'
import { readArtefacts } from './files.ts'
import { untilHealthy, warnings } from './health.ts'
import { Lockable } from './mounts.ts'
import { readCrl } from './openssl.ts'
import { cannotMount, missing } from './requirements.ts'
import { differences } from './rows-and-files.ts'
import { refusedStart, STACK, startService } from './start.ts'

const skip = cannotMount() || missing('openssl')

/** A service with a gateway, and one of its folders, which can be made read-only while it runs. */
async function makeLockable(t: Test, folder: string) {
  const data = join(temporaryFolder(t), 'data')
  const service = await startService(t, data)
  await addUser(service, 'ada')
  const serial = await addGateway(service, 'first.example.org')
  return { data, service, serial, lockable: await Lockable.mount(t, join(data, folder)) }
}

function isPending(t: Test, reply: Reply<ProblemBody>, location: string): void {
  t.match(reply.body, { type: '/problems/publish-pending', status: 503, detail: /EROFS/, location })
  t.equal(reply.status, 503)
  t.equal(reply.headers.location, location)
  t.match(reply.headers['content-type'], /^application\/problem\+json/)
}

for (const folder of ['ovpn/clients', 'ip']) {
  t.test(
    `a change made while ${folder} is read-only stands, and its files follow by themselves`,
    { skip },
    async (t) => {
      const { data, service, lockable } = await makeLockable(t, folder)
      const path = `${folder}/${folder === 'ip' ? 'routes' : 'first.example.org'}`
      const before = readArtefacts(data).get(path)
      await lockable.lock()
      isPending(t, await tryGateway(service, 'second.example.org'), '/gateway/second.example.org')
      isPending(
        t,
        await service.request('PATCH', '/gateway/first.example.org', { disabled: true }),
        '/gateway/first.example.org',
      )
      t.equal((await service.request('GET', '/gateway/second.example.org')).status, 200, 'the row is there')
      t.match(await service.request('GET', '/gateway/first.example.org'), { body: { disabled: true } })
      t.same(await warnings(service), ['publish-pending'])
      t.equal(readArtefacts(data).get(path), before, 'the old file is as it was')
      t.match(await service.request('GET', '/status'), {
        body: {
          publish: { fault: /EROFS/, pending: 2 },
          warnings: [{ code: 'publish-pending', detail: /since.*EROFS/ }],
        },
      })

      await lockable.unlock()
      await untilHealthy(service)
      t.same(await differences(service), [])
    },
  )
}

t.test('a change elsewhere is not held up by a folder that can’t be written', { skip }, async (t) => {
  const { service, lockable } = await makeLockable(t, 'ip')
  await lockable.lock()
  isPending(t, await tryGateway(service, 'second.example.org'), '/gateway/second.example.org')
  const revoking = { force: true, old: 'revoke' }
  const reply = await service.request<GatewayBody>('POST', '/gateway/first.example.org/renew', revoking)
  const { serials } = await readCrl(service.data)
  t.equal(serials.length, 1, 'the revocation list says so at once')
  await addUser(service, 'bob')
  t.equal(reply.status, 201, 'and all that the renewal touches is written, so it is not answered as pending')
})

t.test('a revocation under a read-only pki stands, and reaches the list by itself', { skip }, async (t) => {
  const { data, service, serial, lockable } = await makeLockable(t, 'pki')
  const before = await readCrl(data)
  await lockable.lock()
  isPending(t, await service.request('DELETE', '/gateway/first.example.org'), '/gateways')
  t.equal((await service.request('GET', '/gateway/first.example.org')).status, 404, 'it is not rolled back')
  t.same(await readCrl(data), before, 'the old list is whole')
  t.same(await warnings(service), ['publish-pending'])
  t.notOk(readArtefacts(data).has('ovpn/clients/first.example.org'), 'the gateway’s file is gone all the same')

  await lockable.unlock()
  await untilHealthy(service)
  const after = await readCrl(data)
  t.same(after.serials, [serial])
  t.ok(after.number > before.number)
  t.same(await differences(service), [])
})

t.test('a revocation that was pending at a crash reaches the list after it', { skip }, async (t) => {
  const { data, service, serial, lockable } = await makeLockable(t, 'pki')
  await lockable.lock()
  isPending(t, await service.request('DELETE', '/gateway/first.example.org'), '/gateways')
  await service.kill9()
  const second = await startService(t, data)
  t.same(await warnings(second), ['publish-pending'], 'it serves although the list can’t be written')

  await lockable.unlock()
  await untilHealthy(second)
  t.same((await readCrl(data)).serials, [serial])
  t.same(await differences(second), [])
})

t.test('a start on a read-only data directory is refused in plain words', { skip }, async (t) => {
  const { data, service, lockable } = await makeLockable(t, '.')
  await service.stop()
  const before = readArtefacts(data)
  await lockable.lock()
  const { code, words } = await refusedStart(t, data)
  t.equal(code, 1)
  t.match(words, /read-only/)
  t.match(words, data, 'it says which folder')
  t.match(words, /VPNUNIT_DATA/, 'it says which setting')
  t.notMatch(words, STACK)

  await lockable.unlock()
  t.same(readArtefacts(data), before)
  t.same(await warnings(await startService(t, data)), [])
})

t.test('a first start in a read-only folder is refused in plain words', { skip }, async (t) => {
  const folder = temporaryFolder(t)
  await (await Lockable.mount(t, folder)).lock()
  const { code, words } = await refusedStart(t, join(folder, 'data'))
  t.equal(code, 1)
  t.match(words, /read-only/)
  t.match(words, /VPNUNIT_DATA/)
  t.notMatch(words, STACK)
})
