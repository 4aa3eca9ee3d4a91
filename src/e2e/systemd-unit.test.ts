import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { HOME, SETTINGS } from '../settings.ts'
import { missing } from './bad-days/requirements.ts'
import { exec } from './lab/exec.ts'
import { temporaryFolder } from './lab/temporary-folder.ts'
import type { Owner } from './lab/undo.ts'

/** The most that `systemd-analyze security` may say, in tenths: 0 is closed in, 100 is without any protection. */
const MOST_EXPOSURE = 15

const UNIT = readFileSync(join(HOME, 'docs/systemd/vpnunit.service'), 'utf8')

/** The values of a key, in the order they stand in. */
function valuesOf(key: string): string[] {
  return [...UNIT.matchAll(/^(\w+)=(.*)$/gm)].filter(([, name]) => name === key).map(([, , value = '']) => value)
}

/** The unit as it would be installed for this checkout: systemd wants the program to be where the unit says. */
function install(owner: Owner, text: string): string {
  const file = join(temporaryFolder(owner), 'vpnunit.service')
  writeFileSync(file, text.replaceAll('/opt/vpnunit', HOME))
  return file
}

const verify = ['verify', '--man=no', '--generators=no', '--recursive-errors=no']
const security = ['security', '--offline=true', '--no-pager', `--threshold=${MOST_EXPOSURE}`]
const skip = missing('systemd-analyze')

t.test('systemd finds nothing to complain about in the unit', { skip }, async (t) => {
  t.same(await exec('systemd-analyze', [...verify, install(t, UNIT)]), { code: 0, stdout: '', stderr: '' })
  const misspelt = install(t, UNIT.replace('RestrictNamespaces=', 'RestrictNamespace='))
  t.match(await exec('systemd-analyze', [...verify, misspelt]), { stderr: /Unknown key (name )?'RestrictNamespace'/ })
})

t.test(`the service is exposed to ${MOST_EXPOSURE / 10} of 10 at most`, { skip }, async (t) => {
  const { code, stdout } = await exec('systemd-analyze', [...security, install(t, UNIT)])
  const exposure = /Overall exposure level for vpnunit\.service: ([\d.]+)/.exec(stdout)?.[1]
  t.ok(Number(exposure) <= MOST_EXPOSURE / 10, `it is ${exposure}`)
  t.equal(code, 0, 'systemd thinks so too')
  const open = install(t, UNIT.replace(/^(NoNewPrivileges|SystemCallFilter|ProtectSystem|PrivateUsers)=.*\n/gm, ''))
  t.not((await exec('systemd-analyze', [...security, open])).code, 0, 'without some of its lines it would be too much')
})

t.test(
  'the unit lets the service work: V8 compiles while it runs, and OpenVPN passes the data directory',
  async (t) => {
    t.same(valuesOf('MemoryDenyWriteExecute'), [], 'V8 would die')
    t.same(valuesOf('DynamicUser'), [], 'nobody could not pass /var/lib/private')
    t.same(valuesOf('StateDirectoryMode'), ['0755'])
    t.same(valuesOf('UMask'), ['0077'])
    t.same(valuesOf('CapabilityBoundingSet'), [''])
  },
)

t.test('the unit keeps its data where it may write, and names no setting that there is not', async (t) => {
  const pairs = valuesOf('Environment').flatMap((line) => line.split(' '))
  const settings = Object.fromEntries(pairs.map((pair) => pair.split('=')))
  t.equal(settings.VPNUNIT_DATA, `/var/lib/${valuesOf('StateDirectory')[0]}`)
  const known = [...Object.keys(SETTINGS), 'VPNUNIT_ENV_FILE']
  t.same(
    Object.keys(settings).filter((name) => !known.includes(name)),
    [],
  )
})
