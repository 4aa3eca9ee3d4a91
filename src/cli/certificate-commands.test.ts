import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { callerOf, openTestCli } from './testing/cli.ts'

t.test('a profile is printed, or written for its owner alone', async (t) => {
  const { call, ask, folder: data } = await openTestCli(t)
  await call('user add ada')
  await call('gateway add gw.example.org --user ada')
  const profile = (await ask('GET', '/gateway/gw.example.org/config')).text
  t.match(profile, '-----BEGIN PRIVATE KEY-----')
  t.same(await call('gateway config gw.example.org'), { exit: 0, out: profile, err: '', bar: '' })
  const folder = join(data, '..')
  const file = join(folder, 'gw.ovpn')
  t.same(await call(`gateway config gw.example.org --output ${file}`), { exit: 0, out: '', err: '', bar: '' })
  t.equal(readFileSync(file, 'utf8'), profile)
  t.equal(statSync(file).mode & 0o777, 0o600)
  t.same(await call('gateway config gw.example.org --output -'), { exit: 0, out: profile, err: '', bar: '' })
  t.notOk(existsSync('-'), 'no file of that name holds the key')
  t.match(await call('gateway config gw.example.org --output='), {
    exit: 2,
    out: '',
    err: 'gateway config needs the name of a file for --output',
  })
  t.match(await call(`gateway config gw.example.org --output ${folder}`), { exit: 2, err: 'it is a folder' })
  t.match(await call(`gateway config none.example.org --output ${file}`), { exit: 1, err: 'There is no gateway' })
  t.equal(readFileSync(file, 'utf8'), profile, 'a refusal leaves the file alone')
})

t.test('a gateway is renewed when it is due, or by force, and the former certificate’s fate is chosen', async (t) => {
  const { call, clock } = await openTestCli(t)
  await call('user add ada')
  await call('gateway add gw.example.org --user ada')
  t.match(await call('gateway renew gw.example.org'), {
    exit: 1,
    out: '',
    err: 'can be renewed from 2028-05-04T12:00:00Z on',
  })
  t.match(await call('gateway renew gw.example.org --force'), {
    exit: 0,
    out: /still good +[0-9a-f]{32}, until 2028-06-03/,
  })
  clock.advanceDays(800)
  const renewed = await call('gateway renew gw.example.org --old revoke')
  t.match(renewed, { exit: 0 })
  t.notMatch(renewed.out, 'still good')
  t.match(await call('gateway renew gw.example.org --force --old retire'), { exit: 1, err: 'agent' })
  t.match(await call('gateway renew gw.example.org --old burn'), {
    exit: 2,
    err: 'one of keep, retire, revoke for --old',
  })
})

t.test('every certificate is listed, the newest first', async (t) => {
  const { call, ask } = await openTestCli(t)
  await call('user add ada')
  await call('gateway add gw.example.org --user ada')
  await call('gateway renew gw.example.org --force --old revoke --key-type ed25519')
  const { out } = await call('gateway certificates gw.example.org')
  t.match(
    out,
    /^SERIAL.*\n[0-9a-f]{32} +ed25519 .* valid +-\n[0-9a-f]{32} +ec-p256 .* revoked +2026-03-01T12:00:00Z\n$/,
  )
  const { text } = await ask('GET', '/gateway/gw.example.org/certificates')
  t.equal((await call('gateway certificates gw.example.org --json')).out, `${text}\n`)
})

t.test('what puts a network on a LAN is printed as the service says it', async (t) => {
  const { call, ask } = await openTestCli(t)
  await call('user add ada')
  await call('gateway add gw.example.org --user ada')
  for (const [options, query] of Object.entries({
    '--interface eth1': 'interface=eth1',
    '--interface br-lan --format systemd-networkd --network f': 'interface=br-lan&format=systemd-networkd&network=f',
    '--format openwrt --interface lan': 'interface=lan&format=openwrt',
  })) {
    const { text } = await ask('GET', `/gateway/gw.example.org/lan?${query}`)
    t.match(text, 'gw.example.org')
    const out = text.replaceAll('format=', '--format ')
    t.same(await call(`gateway lan gw.example.org ${options}`), { exit: 0, out, err: '', bar: '' })
  }
  t.match(await call('gateway lan gw.example.org --interface eth1'), { out: /^# .*: --format ifupdown prints them/m })
  t.match(await call('gateway lan gw.example.org --interface a&b=c'), { exit: 1, err: '"a&b=c" is refused' })
  t.match(await call('gateway lan gw.example.org --interface eth1 --network 10'), { exit: 1, err: 'network' })
})

t.test('a LAN without its interface, or of an unknown format, is wrong usage', async (t) => {
  const call = callerOf('unix:/nowhere')
  t.match(await call('gateway lan gw.example.org'), { exit: 2, err: 'gateway lan needs --interface; see' })
  t.match(await call('gateway lan gw.example.org --interface a --format dnsmasq'), { exit: 2, err: 'one of radvd, ' })
})
