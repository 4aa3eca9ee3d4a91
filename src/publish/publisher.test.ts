import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parseFqdn, parseUserName } from '../domain/names.ts'
import { createGateway } from '../provision/create-gateway.ts'
import { createUser } from '../provision/create-user.ts'
import { deleteGateway } from '../provision/delete-gateway.ts'
import { setGatewayDisabled } from '../provision/set-gateway-disabled.ts'
import { openTestUnit } from '../testing/test-unit.ts'
import { nothingTouched } from './touched.ts'

const CALLER = { actor: 'test', requestId: 'r' }
const fqdn = (slot: number) => parseFqdn(`g${slot}.example.org`)
const any = () => undefined

/** A unit with so many gateways of one user, and the verbs that change them. */
async function unitWith(t: Test, gateways: number) {
  const opened = await openTestUnit(t)
  const { unit } = opened
  const user = parseUserName('ada')
  await createUser(unit, CALLER, { name: user })
  const create = (slot: number) => createGateway(unit, CALLER, { name: fqdn(slot), user, key: { keyType: 'ec-p256' } })
  for (let slot = 0; slot < gateways; slot++) await create(slot)
  return {
    ...opened,
    create,
    disable: (slot: number) => setGatewayDisabled(unit, CALLER, fqdn(slot), true, any),
    remove: (slot: number) => deleteGateway(unit, CALLER, fqdn(slot), any),
    client: (slot: number) => readFileSync(join(unit.layout.clients, fqdn(slot)), 'utf8'),
    clients: () => readdirSync(unit.layout.clients).sort(),
    routes: () => readFileSync(unit.layout.routes, 'utf8'),
  }
}

/** Puts a folder with something in it where a file is, so that the file can't be replaced. Returns how to undo it. */
function block(path: string): () => void {
  rmSync(path, { force: true })
  mkdirSync(join(path, 'in the way'), { recursive: true })
  return () => rmSync(path, { recursive: true })
}

/** What would tell that a file was written: of each file in the data directory but the database's. */
function marks(data: string): Map<string, string> {
  const files = readdirSync(data, { recursive: true, encoding: 'utf8' })
  const artefacts = files.filter((file) => !/^(database|serve\.lock)/.test(file) && statSync(join(data, file)).isFile())
  const mark = (file: string) => {
    const { ino, mtimeMs, ctimeMs } = statSync(join(data, file))
    return `${ino} ${mtimeMs} ${ctimeMs}`
  }
  return new Map(artefacts.map((file) => [file, mark(file)]))
}

/** Which files a change wrote, made or removed. */
async function written(data: string, change: () => Promise<unknown>): Promise<string[]> {
  const before = marks(data)
  await change()
  const after = marks(data)
  const names = new Set([...before.keys(), ...after.keys()])
  return [...names].filter((file) => before.get(file) !== after.get(file)).sort()
}

t.test('a new gateway costs its own file and a line in the routes, however many there are', async (t) => {
  const { folder, unit, create } = await unitWith(t, 4)
  const { ino } = statSync(unit.layout.routes)
  t.same(await written(folder, () => create(4)), ['firewall/ruleset.nft', 'ip/routes', 'ovpn/clients/g4.example.org'])
  t.equal(statSync(unit.layout.routes).ino, ino, 'the list was not written anew')
})

t.test('a gateway that is disabled costs its own file and the routes', async (t) => {
  const { folder, disable } = await unitWith(t, 3)
  t.same(await written(folder, () => disable(1)), ['firewall/ruleset.nft', 'ip/routes', 'ovpn/clients/g1.example.org'])
  t.same(await written(folder, () => disable(1)), [], 'and nothing the second time')
})

t.test('a removal costs its own file, the routes and the revocation list', async (t) => {
  const { folder, remove } = await unitWith(t, 3)
  t.same(await written(folder, () => remove(1)), [
    'firewall/ruleset.nft',
    'ip/routes',
    'ovpn/clients/g1.example.org',
    'pki/crl.pem',
  ])
})

t.test('a revocation list that can’t be written keeps a removed gateway’s file and route from nobody', async (t) => {
  const { unit, remove, clients, routes } = await unitWith(t, 2)
  const unblock = block(unit.layout.crl)
  await t.rejects(remove(0), { code: 'publish-pending' })
  t.same(clients(), ['g1.example.org'])
  t.notMatch(routes(), '2001:470:c844:200::/60')
  t.match(unit.publisher.state(), { pending: 1, fault: /EISDIR|directory/, failures: 1 })
  unblock()
  await unit.publisher.publish({ ...nothingTouched(), server: true })
  t.match(unit.publisher.readCrl(), { number: 2, serials: { length: 1 } })
  t.match(unit.publisher.state(), { pending: 0, fault: undefined, failingSince: undefined })
})

t.test('routes that can’t be written keep nobody from being revoked', async (t) => {
  const { unit, remove, client, routes } = await unitWith(t, 2)
  const unblock = block(unit.layout.routes)
  await t.rejects(remove(0), { code: 'publish-pending' })
  t.match(unit.publisher.readCrl(), { number: 2, serials: { length: 1 } })
  unblock()
  await unit.publisher.publish({ ...nothingTouched(), server: true })
  t.equal(routes(), 'unreachable 2001:470:c844::/48 metric 4096\n2001:470:c844:210::/60 dev tun0\n')
  t.match(client(1), 'iroute-ipv6')
})

t.test('a firewall that can’t be written is told of, and is written whole when it can be', async (t) => {
  const { unit, create, client } = await unitWith(t, 1)
  const unblock = block(unit.layout.ruleset)
  await t.rejects(create(1), { code: 'publish-pending' })
  t.match(client(1), 'iroute-ipv6', 'who may connect does not wait for it')
  unblock()
  await create(2)
  t.match(readFileSync(unit.layout.ruleset, 'utf8'), /2001:470:c844:200::.*:210::.*:220::/s)
  t.match(unit.publisher.state(), { pending: 0, fault: undefined })
})

t.test('what could not be published is published with the next change, of whatever gateway', async (t) => {
  const { unit, create, disable, client } = await unitWith(t, 2)
  const unblock = block(join(unit.layout.clients, fqdn(0)))
  await t.rejects(disable(0), { code: 'publish-pending' })
  unblock()
  await create(2)
  t.match(client(0), /\ndisable\n/)
})

t.test('until the first whole run succeeds every run is a whole one', async (t) => {
  const first = await unitWith(t, 2)
  await first.close()
  const unblock = block(first.unit.layout.routes)
  const { unit } = await openTestUnit(t, {}, first)
  t.match(unit.publisher.state(), { fault: /EISDIR|directory/ })
  unblock()
  writeFileSync(join(unit.layout.clients, 'stray'), '')
  await unit.publisher.publish({ ...nothingTouched(), crl: true })
  t.same(first.clients(), ['g0.example.org', 'g1.example.org'])
  t.match(first.routes(), '2001:470:c844:200::/60 dev tun0\n2001:470:c844:210::/60 dev tun0\n')
  t.equal(unit.publisher.state().fault, undefined)
})

t.test('what is pending when the service stops is written before it ends', async (t) => {
  const { unit, close, disable, client } = await unitWith(t, 1)
  const unblock = block(join(unit.layout.clients, fqdn(0)))
  await t.rejects(disable(0), { code: 'publish-pending' })
  unblock()
  await close()
  t.match(client(0), /\ndisable\n/)
})

t.test('a whole run leaves alone what is right', async (t) => {
  const { folder, unit } = await unitWith(t, 2)
  t.same(await written(folder, () => unit.publisher.publishAll()), ['firewall/ruleset.nft'], 'but for lines that grew')
  t.same(await written(folder, () => unit.publisher.publishAll()), [])
})

t.test('a whole run makes right what was edited and removes what is stray, whenever it is asked for', async (t) => {
  const { unit, client, clients } = await unitWith(t, 1)
  const before = client(0)
  writeFileSync(join(unit.layout.clients, fqdn(0)), 'edited')
  writeFileSync(join(unit.layout.clients, 'stray'), '')
  await unit.publisher.publishAll()
  t.equal(client(0), before)
  t.same(clients(), ['g0.example.org'])
})

t.test('a whole run that fails is told to who asked for it, and pending', async (t) => {
  const first = await unitWith(t, 1)
  await first.close()
  const unblock = block(first.unit.layout.routes)
  const { unit } = await openTestUnit(t, {}, first)
  t.ok(unit.publisher.state().pending > 0)
  await t.rejects(unit.publisher.publishAll(), { code: 'EISDIR' })
  unblock()
  await unit.publisher.publishAll()
  t.match(first.routes(), '2001:470:c844:200::/60')
  t.equal(unit.publisher.state().pending, 0)
})

t.test('the server’s files are made right by a whole run', async (t) => {
  const { unit } = await unitWith(t, 0)
  const paths = [unit.layout.serverConf, unit.layout.serverKey, unit.layout.caCertificate, unit.layout.tlsCryptKey]
  const before = paths.map((path) => readFileSync(path, 'utf8'))
  for (const path of paths) writeFileSync(path, 'edited')
  chmodSync(unit.layout.serverConf, 0o600)
  await unit.publisher.publishAll()
  t.same(
    paths.map((path) => readFileSync(path, 'utf8')),
    before,
  )
  t.equal(statSync(unit.layout.serverConf).mode & 0o777, 0o644)
})

t.test('without a certificate of the server the rest is published all the same', async (t) => {
  const { unit, client } = await unitWith(t, 1)
  await unit.store.write(() => {
    const server = unit.store.certificates.findServer()
    if (server !== undefined) unit.store.certificates.supersede(server.serial, unit.now())
  })
  await t.rejects(unit.publisher.publish({ gateways: new Set([fqdn(0)]), crl: true, server: true, policy: false }), {
    message: 'the database has no certificate of the server',
  })
  t.match(client(0), 'iroute-ipv6')
  t.match(unit.publisher.state(), { pending: 1 })
})
