import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { parseFqdn } from '../domain/names.ts'
import { planOf } from '../domain/plan.ts'
import { parsePrefix } from '../domain/prefix.ts'
import type { PublishedGateway } from '../store/gateways.ts'
import { openClientFiles } from './client-files.ts'
import { layoutOf, makeFolders } from './layout.ts'

const settings = {
  plan: planOf(parsePrefix('2001:470:c844::/48')),
  device: 'tun0',
  pushRoutes: [parsePrefix('2000::/3')],
}
const ANCHOR = 'unreachable 2001:470:c844::/48 metric 4096\n'
const CCD_0 = `# rendered from the database by vpnunit, do not edit
ifconfig-ipv6-push 2001:470:c844:20f::1/112
iroute-ipv6 2001:470:c844:200::/60
push "route-ipv6 2000::/3"
`
const DISABLED = '# rendered from the database by vpnunit, do not edit\ndisable\n'

const nameOf = (slot: number) => parseFqdn(`g${slot}.example.org`)
const gateway = (slot: number, enabled = true): PublishedGateway => ({ name: nameOf(slot), number: 2, slot, enabled })
const one = (changed: PublishedGateway) => new Map([[changed.name as string, changed]])

function openFiles(t: Test) {
  const layout = layoutOf(t.testdir({}))
  makeFolders(layout)
  return {
    layout,
    files: openClientFiles(layout, settings),
    client: (slot: number) => readFileSync(join(layout.clients, nameOf(slot)), 'utf8'),
    clients: () => readdirSync(layout.clients).sort(),
    routes: () => readFileSync(layout.routes, 'utf8'),
  }
}

t.test('each gateway has its file and its route, in the order given', async (t) => {
  const { layout, files, client, clients, routes } = openFiles(t)
  files.replaceAll([gateway(1), gateway(0)])
  t.same(clients(), ['g0.example.org', 'g1.example.org'])
  t.equal(client(0), CCD_0)
  t.equal(statSync(join(layout.clients, 'g0.example.org')).mode & 0o777, 0o644)
  t.equal(routes(), `${ANCHOR}2001:470:c844:210::/60 dev tun0\n2001:470:c844:200::/60 dev tun0\n`)
})

t.test('a disabled gateway’s file says so, and it has no route', async (t) => {
  const { files, client, routes } = openFiles(t)
  files.replaceAll([gateway(0, false)])
  t.equal(client(0), DISABLED)
  t.equal(routes(), ANCHOR)
  files.update(one(gateway(0)))
  t.equal(client(0), CCD_0)
  t.equal(routes(), `${ANCHOR}2001:470:c844:200::/60 dev tun0\n`)
  files.update(one(gateway(0, false)))
  t.equal(client(0), DISABLED)
  t.equal(routes(), ANCHOR)
})

t.test('what no row asks for is removed from clients/, and from no other folder', async (t) => {
  const { layout, files, clients } = openFiles(t)
  const theirs = ['pki/mine.txt', 'ovpn/mine.conf', 'ip/mine', 'mine', 'pki/private/mine']
  for (const name of [...theirs, 'ovpn/clients/gone.example.org', 'ovpn/clients/DEFAULT', 'ovpn/clients/.hidden']) {
    writeFileSync(join(layout.data, name), 'mine')
  }
  files.replaceAll([gateway(0)])
  t.same(clients(), ['g0.example.org'])
  for (const name of theirs) t.equal(readFileSync(join(layout.data, name), 'utf8'), 'mine', name)
})

t.test('a folder that somebody made in clients/ keeps nobody’s file from being written', async (t) => {
  const { layout, files, client } = openFiles(t)
  mkdirSync(join(layout.clients, 'old'))
  t.doesNotThrow(() => files.replaceAll([gateway(0)]))
  t.doesNotThrow(() => t.equal(client(0), CCD_0))
})

t.test('a file that can’t be written keeps no other gateway waiting', async (t) => {
  const { layout, files, clients, routes } = openFiles(t)
  files.replaceAll([])
  mkdirSync(join(layout.clients, nameOf(0)))
  const changes = [gateway(0), gateway(1)].map((row) => [row.name, row] as const)
  t.throws(() => files.update(new Map(changes)), { code: 'EISDIR' })
  t.same(clients(), ['g0.example.org', 'g1.example.org'])
  t.match(routes(), '2001:470:c844:210::/60 dev tun0\n')
})

t.test('files that say so already are left alone', async (t) => {
  const { layout, files } = openFiles(t)
  files.replaceAll([gateway(0), gateway(1, false)])
  const paths = [layout.routes, join(layout.clients, nameOf(0)), join(layout.clients, nameOf(1))]
  const stats = () => paths.map((path) => statSync(path)).map(({ ino, mtimeMs, ctimeMs }) => [ino, mtimeMs, ctimeMs])
  const before = stats()
  files.replaceAll([gateway(0), gateway(1, false)])
  files.update(one(gateway(0)))
  t.same(stats(), before)
})

t.test('a gateway that is gone leaves neither file nor route', async (t) => {
  const { files, clients, routes } = openFiles(t)
  files.replaceAll([gateway(0), gateway(1)])
  files.update(new Map([['g0.example.org', undefined]]))
  files.update(new Map([['never.example.org', undefined]]))
  t.same(clients(), ['g1.example.org'])
  t.equal(routes(), `${ANCHOR}2001:470:c844:210::/60 dev tun0\n`)
})

t.test('a change touches no file but those of its gateways', async (t) => {
  const { layout, files, client } = openFiles(t)
  files.replaceAll([gateway(0), gateway(1)])
  writeFileSync(join(layout.clients, nameOf(1)), 'edited by hand')
  files.update(one(gateway(0, false)))
  files.update(one(gateway(2)))
  t.equal(client(1), 'edited by hand', 'a start heals it, not the change of another')
})

t.test('a gateway that is enabled again stands where it would stand after a restart', async (t) => {
  const { files, routes } = openFiles(t)
  files.replaceAll([gateway(0), gateway(1)])
  const before = routes()
  files.update(one(gateway(0, false)))
  files.update(one(gateway(0)))
  t.equal(routes(), before)
})

t.test('after any changes the files say what a start would write', async (t) => {
  const { layout, files, clients, client, routes } = openFiles(t)
  const state = fc.constantFrom<'enabled' | 'disabled' | 'gone'>('enabled', 'disabled', 'gone')
  const change = fc.dictionary(fc.constantFrom('0', '1', '2', '3'), state, { maxKeys: 3 })
  const shown = () => [clients(), clients().map((name) => client(Number(name[1]))), routes().split('\n').sort()]
  fc.assert(
    fc.property(fc.array(change, { maxLength: 5 }), (changes) => {
      const rows = new Map<string, PublishedGateway>()
      files.replaceAll([])
      for (const step of changes) {
        const touched = Object.entries(step).map(
          ([slot, to]) => [nameOf(Number(slot)), rowOf(Number(slot), to)] as const,
        )
        for (const [name, row] of touched)
          if (row === undefined) rows.delete(name)
          else rows.set(name, row)
        files.update(new Map(touched))
      }
      const updated = shown()
      rmSync(layout.routes)
      openClientFiles(layout, settings).replaceAll([...rows.values()])
      return JSON.stringify(shown()) === JSON.stringify(updated)
    }),
    { numRuns: 30 },
  )
})

const rowOf = (slot: number, state: 'enabled' | 'disabled' | 'gone') =>
  state === 'gone' ? undefined : gateway(slot, state === 'enabled')
