import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { buildApp } from '../app.ts'
import { ConfigError, readConfig } from '../config.ts'
import { listenOnSocket } from '../serve/listeners.ts'
import { START } from '../testing/test-unit.ts'
import { check } from './check.ts'
import { openInstallation, treeOf } from './testing/installation.ts'

type Wanted = { env: Record<string, string>; isVerbose?: boolean; isJson?: boolean }

async function call({ env, isVerbose = false, isJson = false }: Wanted) {
  const printed: string[] = []
  const print = (text: string) => void printed.push(text)
  const settings = () => readConfig({ VPNUNIT_REMOTE: 'vpn.example.org 1194 udp', ...env })
  const exit = await check(settings, { isVerbose, isJson, print }, START)
  return { exit, out: printed.join('') }
}

t.test('0 and silence when nothing is wrong, 1 and a line for what is', async (t) => {
  const { folder, close, layout } = await openInstallation(t)
  await close()
  const env = { VPNUNIT_DATA: folder }
  t.same(await call({ env }), { exit: 0, out: '' })
  t.match(await call({ env, isVerbose: true }), { exit: 0, out: /^(ok: .*\n){12}$/ })
  appendFileSync(join(layout.clients, 'a.example.org'), 'x')
  t.match(await call({ env }), {
    exit: 1,
    out: /^problem: a file is not what the database says, in .*: .*; the next start .*\n$/,
  })
})

t.test('0 when there are only warnings: tomorrow’s trouble is not today’s', async (t) => {
  const { folder, close } = await openInstallation(t)
  await close()
  const env = { VPNUNIT_DATA: folder, VPNUNIT_REMOTE: 'localhost 1194 udp' }
  t.match(await call({ env }), { exit: 0, out: /^warning: VPNUNIT_REMOTE is localhost.*\n$/ })
})

t.test('2 and every one of them when settings are wrong', async (t) => {
  const env = { VPNUNIT_PORT: 'x', VPNUNIT_PROT: '1' }
  const { exit, out } = await call({ env })
  t.equal(exit, 2)
  t.match(out, /^problem: VPNUNIT_PROT is no setting.*\nproblem: VPNUNIT_PORT must be .*\n$/)
  const json = await call({ env, isJson: true })
  t.equal(json.exit, 2)
  t.match(JSON.parse(json.out), [{ level: 'problem', code: 'setting' }, { detail: /^VPNUNIT_PORT/ }])
})

t.test('what is no wrong setting is a bug', async (t) => {
  const how = { isVerbose: false, isJson: false, print: () => undefined }
  await t.rejects(
    check(() => {
      throw new TypeError('mine')
    }, how),
    TypeError,
  )
  t.equal(
    await check(() => {
      throw new ConfigError(['x'])
    }, how),
    2,
  )
})

t.test(
  'nothing is touched: not where nobody serves, not where somebody does, not while it is being written',
  async (t) => {
    const { folder, close, unit, layout } = await openInstallation(t)
    const env = { VPNUNIT_DATA: folder }
    const listener = await listenOnSocket(await buildApp(unit), layout.socket)
    // A write that nobody has read since: a reader would mark in -shm how far it reads.
    await unit.store.write(() => unit.store.site.touch())
    const served = treeOf(folder)
    t.match(await call({ env, isVerbose: true }), { exit: 0, out: 'a server holds' })
    t.same(treeOf(folder), served)
    await listener.close()
    t.match(await call({ env, isVerbose: true }), { exit: 0, out: 'no server holds' })
    await close()
    const stopped = treeOf(folder)
    t.same(await call({ env }), { exit: 0, out: '' })
    appendFileSync(layout.serverConf, 'x')
    const spoilt = treeOf(folder)
    t.match(await call({ env, isJson: true }), { exit: 1 })
    t.same(treeOf(folder), spoilt)
    t.not(spoilt.join(), stopped.join())
  },
)
