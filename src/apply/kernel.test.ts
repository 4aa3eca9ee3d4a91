import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { findIp, openKernel } from './kernel.ts'

/** An `ip` that does as the test says, for what the real one (e2e) can't be made to do. */
function fakeIp(t: Test, script: string) {
  const folder = t.testdir({})
  const ip = join(folder, 'ip')
  writeFileSync(ip, `#!/bin/sh\n${script}\n`)
  chmodSync(ip, 0o755)
  return { kernel: openKernel(ip), folder }
}

t.test('what it is told comes by its standard input, and by no shell', async (t) => {
  const { kernel, folder } = fakeIp(t, 'echo "$@" > "$0.words"; cat > "$0.input"')
  t.equal(await kernel.change(['route del $(id)', 'route add x']), '')
  t.equal(readFileSync(join(folder, 'ip.words'), 'utf8'), '-6 -force -batch -\n')
  t.equal(readFileSync(join(folder, 'ip.input'), 'utf8'), 'route del $(id)\nroute add x\n')
})

t.test('lines that fail are no failure of the whole', async (t) => {
  const { kernel } = fakeIp(t, 'cat >&2; exit 1')
  t.equal(await kernel.change(['said']), 'said\n')
})

t.test('an ip that does not work says so', async (t) => {
  const { kernel } = fakeIp(t, 'echo "no such option" >&2; echo more >&2; exit 255')
  const message = 'ip does not do its work: no such option'
  for (const act of [kernel.readRoutes, kernel.readDevices, () => kernel.change(['x'])]) {
    await t.rejects(async () => void (await act()), { message })
  }
  await t.rejects(openKernel('/none/ip').readRoutes(), { message: 'ip does not do its work: spawn /none/ip ENOENT' })
  await t.rejects(fakeIp(t, 'kill -9 $$').kernel.change(['x']), { message: /^ip does not do its work: Command failed/ })
})

t.test('what is no answer is one that does not work', async (t) => {
  await t.rejects(fakeIp(t, 'echo hello').kernel.readRoutes())
  await t.rejects(fakeIp(t, 'echo hello').kernel.readDevices())
})

t.test('devices and routes as ip prints them', async (t) => {
  const links = fakeIp(t, `echo '[{"ifname":"lo"},{},{"ifname":"tun0"}]'`).kernel
  t.ok((await links.readDevices()).has('tun0'))
  const none = fakeIp(t, 'true').kernel
  t.same([await none.readRoutes(), [...(await none.readDevices())]], [[], []])
})

t.test('ip is found where distributions have it', async (t) => {
  t.match(findIp(), /\/ip$/)
})
