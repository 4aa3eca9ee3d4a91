import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { addLink, addNamespace } from './lab/namespaces.ts'
import { reasonToSkip } from './lab/requirements.ts'

const TESTDATA = join(import.meta.dirname, '../render/testdata')
const RULESETS = readdirSync(TESTDATA).filter((name) => name.startsWith('ruleset-'))

const skip = reasonToSkip('nft', 'ping') ?? false

t.test('nft takes every ruleset and every change that the tests hold', { skip }, async (t) => {
  const host = await addNamespace(t, 'nft')
  await host.run('nft', ['-f', join(TESTDATA, 'ruleset-open.nft')])
  t.ok(RULESETS.length >= 6)
  for (const name of RULESETS) {
    t.match(await host.exec('nft', ['-c', '-f', join(TESTDATA, name)]), { code: 0, stdout: '', stderr: '' }, name)
  }
})

t.test('a table is replaced whole, and what others have in the kernel stays', { skip }, async (t) => {
  const host = await addNamespace(t, 'nft')
  await host.run('nft', ['add', 'table', 'inet', 'others'])
  const load = (name: string) => host.run('nft', ['-f', join(TESTDATA, name)])
  const list = () => host.run('nft', ['list', 'table', 'inet', 'vpnunit'])
  await load('ruleset-closed.nft')
  const closed = await list()
  await load('ruleset-open.nft')
  t.notMatch(await list(), 'goto drop_default')
  await load('ruleset-closed.nft')
  t.equal(await list(), closed)
  t.match(await host.run('nft', ['list', 'tables']), 'table inet others')
})

t.test('a change may come twice, and a removal may find nothing', { skip }, async (t) => {
  const host = await addNamespace(t, 'nft')
  const load = (name: string) => host.run('nft', ['-f', join(TESTDATA, name)])
  const list = () => host.run('nft', ['list', 'table', 'inet', 'vpnunit'])
  await load('ruleset-open.nft')
  const before = await list()
  await load('ruleset-disconnect.nft')
  const without = await list()
  t.not(without, before)
  await load('ruleset-disconnect.nft')
  t.equal(await list(), without)
  await load('ruleset-connect.nft')
  const connected = await list()
  await load('ruleset-connect.nft')
  t.equal(await list(), connected)
})

t.test('IPv4 is dropped inside the tunnels and nowhere else, and counted', { skip }, async (t) => {
  const [host, far] = [await addNamespace(t, 'nft'), await addNamespace(t, 'far')]
  for (const [index, device] of ['tun0', 'out'].entries()) {
    await addLink(host, device, far, `far-${device}`)
    await host.ip(`addr add 10.9.${index}.1/24 dev ${device}`)
    await far.ip(`addr add 10.9.${index}.2/24 dev far-${device}`)
  }
  await host.run('nft', ['-f', join(TESTDATA, 'ruleset-open.nft')])
  const ping = (address: string) => far.exec('ping', ['-n', '-c', '1', '-W', '1', address])
  t.match(await ping('10.9.1.1'), { code: 0 })
  t.match(await ping('10.9.0.1'), { code: 1 })
  t.match(await host.exec('ping', ['-n', '-c', '1', '-W', '1', '10.9.0.2']), { code: 1 })
  const counter = await host.run('nft', ['list', 'counter', 'inet', 'vpnunit', 'dropped_ipv4'])
  t.match(counter, /packets [23] bytes/, 'one that came in and one that went out, or its repetition')
})
