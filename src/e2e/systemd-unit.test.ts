import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { HOME } from '../home.ts'
import { SETTINGS } from '../settings.ts'
import { missing } from './bad-days/requirements.ts'
import { exec } from './lab/exec.ts'
import { temporaryFolder } from './lab/temporary-folder.ts'
import type { Owner } from './lab/undo.ts'

const FOLDER = join(HOME, 'docs/systemd')

/** The most that `systemd-analyze security` may say of each, in tenths: 0 is closed in, 100 is without any protection. */
const MOST_EXPOSURE: Record<string, number> = {
  'vpnunit.service': 15,
  'vpnunit-agent.service': 15,
  'vpnunit-apply.service': 15,
  'vpnunit-openvpn@.service': 26,
}

const UNITS = Object.fromEntries(
  Object.keys(MOST_EXPOSURE).map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')]),
)

/** The values of a key of a unit, in the order they stand in. */
function valuesOf(name: string, key: string): string[] {
  const lines = [...(UNITS[name] ?? '').matchAll(/^(\w+)=(.*)$/gm)]
  return lines.filter(([, known]) => known === key).map(([, , value = '']) => value)
}

/** The unit as it would be installed for this checkout: systemd wants the program to be where the unit says. */
function install(owner: Owner, name: string, text = UNITS[name] ?? ''): string {
  const file = join(temporaryFolder(owner), name.replace('@.', '@0.'))
  writeFileSync(file, text.replaceAll('/opt/vpnunit', HOME))
  return file
}

const verify = ['verify', '--man=no', '--generators=no', '--recursive-errors=no']
const security = (most: number) => ['security', '--offline=true', '--no-pager', `--threshold=${most}`]
const skip = missing('systemd-analyze')

t.test('every unit is tested here', async (t) => {
  t.same(
    readdirSync(FOLDER).filter((name) => name.endsWith('.service')),
    Object.keys(MOST_EXPOSURE).sort(),
  )
})

for (const [name, most] of Object.entries(MOST_EXPOSURE)) {
  const text = UNITS[name] ?? ''
  const needed = name.includes('openvpn') ? missing('systemd-analyze', 'openvpn') : skip

  t.test(`systemd finds nothing to complain about in ${name}`, { skip: needed }, async (t) => {
    t.same(await exec('systemd-analyze', [...verify, install(t, name)]), { code: 0, stdout: '', stderr: '' })
    const misspelt = install(t, name, text.replace('RestrictNamespaces=', 'RestrictNamespace='))
    t.match(await exec('systemd-analyze', [...verify, misspelt]), { stderr: /Unknown key (name )?'RestrictNamespace'/ })
  })

  t.test(`${name} is exposed to ${most / 10} of 10 at most`, { skip }, async (t) => {
    const { code, stdout } = await exec('systemd-analyze', [...security(most), install(t, name)])
    const exposure = /Overall exposure level for vpnunit\S*\.service: ([\d.]+)/.exec(stdout)?.[1]
    t.ok(Number(exposure) <= most / 10, `it is ${exposure}`)
    t.equal(code, 0, 'systemd thinks so too')
    const weaker = text.replace(/^(NoNewPrivileges|SystemCallFilter|ProtectSystem|PrivateUsers)=.*\n/gm, '')
    const { code: openCode } = await exec('systemd-analyze', [...security(most), install(t, name, weaker)])
    t.not(openCode, 0, 'without some of its lines it would be too much')
  })

  t.test(`${name} names no setting that there is not`, async (t) => {
    const words = ['Environment', 'UnsetEnvironment'].flatMap((key) => valuesOf(name, key).join(' ').split(' '))
    const names = words.filter(Boolean).map((word) => word.replace(/=.*/, ''))
    const known = [...Object.keys(SETTINGS), 'VPNUNIT_ENV_FILE']
    t.same(
      names.filter((setting) => !known.includes(setting)),
      [],
    )
  })
}

t.test(
  'the units let the programs work: V8 compiles while it runs, and OpenVPN passes the data directory',
  async (t) => {
    for (const name of ['vpnunit.service', 'vpnunit-agent.service', 'vpnunit-apply.service']) {
      t.same(valuesOf(name, 'MemoryDenyWriteExecute'), [], 'V8 would die')
      t.same(valuesOf(name, 'UMask'), ['0077'])
    }
    t.same(valuesOf('vpnunit.service', 'DynamicUser'), [], 'nobody could not pass /var/lib/private')
    t.same(valuesOf('vpnunit.service', 'StateDirectoryMode'), ['0755'])
    t.same(valuesOf('vpnunit-openvpn@.service', 'Type'), ['exec'], 'in hold OpenVPN does not notify')
    t.same(valuesOf('vpnunit-apply.service', 'RestrictAddressFamilies'), ['AF_UNIX AF_NETLINK'])
  },
)

t.test('nobody has more rights than the work takes', async (t) => {
  const rights = Object.fromEntries(Object.keys(UNITS).map((name) => [name, valuesOf(name, 'CapabilityBoundingSet')]))
  t.match(rights, {
    'vpnunit.service': [''],
    'vpnunit-agent.service': [''],
    'vpnunit-apply.service': ['CAP_NET_ADMIN'],
  })
  for (const name of Object.keys(UNITS)) t.same(valuesOf(name, 'AmbientCapabilities'), [''], name)
  for (const name of ['vpnunit-agent.service', 'vpnunit-apply.service']) {
    t.match(valuesOf(name, 'UnsetEnvironment')[0], 'VPNUNIT_ADMIN_TOKEN VPNUNIT_CA_PASSPHRASE_FILE', name)
  }
})

t.test('each keeps its data where it may write', async (t) => {
  const setting = (unit: string, name: string) =>
    new RegExp(`(?:^| )${name}=(\\S+)`).exec(valuesOf(unit, 'Environment').join(' '))?.[1]
  t.equal(setting('vpnunit.service', 'VPNUNIT_DATA'), `/var/lib/${valuesOf('vpnunit.service', 'StateDirectory')[0]}`)
  const agent = 'vpnunit-agent.service'
  t.equal(setting(agent, 'VPNUNIT_AGENT_DATA'), `/var/lib/${valuesOf(agent, 'StateDirectory')[0]}`)
  for (const name of [agent, 'vpnunit-apply.service']) t.equal(setting(name, 'VPNUNIT_RUN'), '/run/vpnunit', name)
  for (const name of [agent, 'vpnunit-apply.service', 'vpnunit-openvpn@.service']) {
    t.same(valuesOf(name, 'ReadWritePaths'), ['/run/vpnunit'], name)
  }
  t.same(valuesOf('vpnunit.service', 'ReadWritePaths'), ['-/run/vpnunit'], 'static mode has none')
})

t.test('the run folder is root’s, open to the group, and nobody takes away another’s socket', async (t) => {
  t.match(readFileSync(join(FOLDER, 'vpnunit.conf'), 'utf8'), /^d \/run\/vpnunit 3770 root vpnunit -$/m)
})
