import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { addNamespace } from './lab/namespaces.ts'
import { reasonToSkip } from './lab/requirements.ts'

const TESTDATA = join(import.meta.dirname, '../render/testdata')
const RULESETS = readdirSync(TESTDATA).filter((name) => name.startsWith('ruleset-'))

const skip = reasonToSkip('nft') ?? false

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
