import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import t from 'tap'
import { treeOf } from '../check/testing/installation.ts'
import { VERSION } from '../version.ts'
import { type Answer, exec } from './lab/exec.ts'
import { Service } from './lab/service.ts'
import { temporaryFolder } from './lab/temporary-folder.ts'
import type { Owner } from './lab/undo.ts'

const SCRIPT = join(import.meta.dirname, '../../script/vpnunit')

/** A running service, and a shell in which `vpnunit` asks it. */
type Lab = { folder: string; service: Service; sh: (script: string, input?: string) => Promise<Answer> }

async function openLab(owner: Owner): Promise<Lab> {
  const folder = temporaryFolder(owner)
  const service = await Service.start(owner, join(folder, 'data'))
  return { folder, service, sh: shellIn(folder) }
}

/** bash with `vpnunit` on its PATH, in a folder. The caller's own settings do not reach it. */
function shellIn(folder: string): Lab['sh'] {
  mkdirSync(join(folder, 'bin'))
  symlinkSync(SCRIPT, join(folder, 'bin/vpnunit'))
  const env = {
    PATH: [join(folder, 'bin'), process.env.PATH].join(delimiter),
    LANG: 'C.UTF-8',
    VPNUNIT_ENV_FILE: '',
    VPNUNIT_DATA: join(folder, 'data'),
  }
  return (script, input = '') => exec('bash', ['--norc', '-c', `cd ${folder}; ${script}`], { env, input })
}

const reasonNotRoot = process.getuid?.() === 0 ? false : 'to be somebody else needs root'
const reasonNoShellcheck = existsSync('/usr/bin/shellcheck') ? false : 'shellcheck is not installed'

/** One service for all that does not end it; each test has users of its own. */
const { folder, service, sh } = await openLab(t)

/** A file of gateways, sixteen a user, whose users are made. */
async function writeGateways(name: string, count: number): Promise<void> {
  const lines = Array.from({ length: count }, (_, n) => `g${n}.${name}.org,${name}${Math.floor(n / 16)}`)
  const users = Array.from({ length: Math.ceil(count / 16) }, (_, n) => ({ name: `${name}${n}` }))
  await service.request('POST', '/users', users)
  writeFileSync(join(folder, `${name}.csv`), `name,user\n${lines.join('\n')}\n`)
}

t.test('exit codes: 0 done, 1 refused, 2 wrong usage or settings, 3 not reachable', async (t) => {
  const other = await openLab(t)
  const { sh } = other
  t.match(await sh('vpnunit user add ada'), { code: 0, stdout: 'name      ada\n', stderr: '' })
  t.same(await sh('vpnunit user show eve'), { code: 1, stdout: '', stderr: 'vpnunit: There is no user "eve".\n' })
  t.match(await sh('vpnunit user shwo ada'), {
    code: 2,
    stdout: '',
    stderr: 'vpnunit: there is no "user shwo". There are\n',
  })
  const wrong = await sh('VPNUNIT_PORT=x VPNUNIT_PROT=1 VPNUNIT_REMOTE=no vpnunit user list')
  t.match(wrong, { code: 2, stdout: '' })
  for (const name of ['VPNUNIT_PORT', 'VPNUNIT_PROT', 'VPNUNIT_REMOTE']) t.match(wrong.stderr, `\n  ${name} `)
  t.match(await sh('VPNUNIT_TOKEN_FILE=/nowhere vpnunit user list'), {
    code: 2,
    stderr: 'VPNUNIT_TOKEN_FILE /nowhere can',
  })
  await other.service.kill9()
  t.match(await sh('vpnunit user list'), {
    code: 3,
    stdout: '',
    stderr: /^vpnunit: nobody answers at .*: is the service running\?\n$/,
  })
  t.match(await sh('VPNUNIT_DATA=/nowhere vpnunit status'), {
    code: 3,
    stderr: 'vpnunit: there is no /nowhere/vpnunit.sock',
  })
})

t.test('somebody else may not ask, and is told whom to be', { skip: reasonNotRoot }, async (t) => {
  const socket = join(folder, 'data/vpnunit.sock')
  t.equal(statSync(socket).mode & 0o777, 0o600)
  // Only the client is somebody else: the checkout need not be readable by everybody.
  const program = `const { createApiClient } = await import(${JSON.stringify(join(import.meta.dirname, '../cli/api-client.ts'))})
    process.setgroups([]); process.setgid(65534); process.setuid(65534)
    await createApiClient({ socket: ${JSON.stringify(socket)} }).json('GET', '/users').catch((error) => console.log(error.message))`
  const { stdout } = await exec('env', ['-i', process.execPath, '--input-type=module', '--eval', program])
  t.equal(stdout, `you may not open ${socket}: call this as the user the service runs as, or as root\n`)
})

t.test('of a long file a bar is drawn on a terminal, and only there', async (t) => {
  await writeGateways('long', 200)
  const { code, stdout } = await sh("script -qec 'vpnunit gateway add --from long.csv' /dev/null < /dev/null")
  t.equal(code, 0)
  t.match(
    stdout,
    /^\r\[\.{30}\] 0 of 200\r\[#{3}\.{27}\] 25 of 200\r(.|\r)*\r\[#{30}\] 200 of 200\r\n200 created, 0 were there\r\n$/,
  )
  await writeGateways('short', 3)
  const piped = await sh('vpnunit gateway add --from - < short.csv')
  t.same(piped, { code: 0, stdout: '3 created, 0 were there\n', stderr: '' })
})

t.test('a list can be cut off by its reader, and a full disk is not kept quiet', async (t) => {
  const { stdout } = await sh('vpnunit gateway list --json | wc -c')
  t.ok(Number(stdout) > 65_536, 'more than a pipe holds')
  const head = await sh('set -o pipefail; vpnunit gateway list | head -1')
  t.match(head, { code: 0, stdout: /^NAME +USER +SLOT +PREFIX +ENDS +CERTIFICATE +DISABLED\n$/, stderr: '' })
  const cut = await sh('set -o pipefail; vpnunit gateway list --json | head -c 1')
  t.same(cut, { code: 0, stdout: '[', stderr: '' })
  t.match(await sh('vpnunit user list > /dev/full'), {
    code: 1,
    stderr: "vpnunit: the output can't be written: ENOSPC",
  })
  t.match(await sh('vpnunit user show eve 2> /dev/full'), { code: 1, stdout: '' })
})

t.test('tables are for people and awk, JSON for programs', async (t) => {
  await sh('vpnunit user add ada; vpnunit gateway add gw.ada.org --user ada --slot 3')
  const cells = 'awk \'$2 == "ada" { print $1, $4, $7 }\''
  t.match(await sh(`vpnunit gateway list | ${cells}`), {
    stdout: /^gw\.ada\.org 2001:470:c844:[0-9a-f]+30::\/60 no\n$/,
  })
  const names = "node -e 'console.log(JSON.parse(require(`fs`).readFileSync(0)).map((x) => x.name).join())'"
  t.match(await sh(`vpnunit gateway list --user ada --json | ${names}`), { stdout: 'gw.ada.org\n', stderr: '' })
})

t.test('a request comes in by a pipe, and the profile goes out to a file of its owner’s alone', async (t) => {
  await sh('vpnunit user add own')
  const request =
    'openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout my.key -subj /CN=my.own.org'
  t.match(await sh(`${request} 2>/dev/null | vpnunit gateway add my.own.org --user own --csr -`), { code: 0 })
  t.match(await sh('umask 000; vpnunit gateway config my.own.org --output my.ovpn'), { code: 0, stdout: '' })
  t.equal(statSync(join(folder, 'my.ovpn')).mode & 0o777, 0o600)
  t.match(readFileSync(join(folder, 'my.ovpn'), 'utf8'), 'PASTE HERE the private key')
  t.match(await sh('ln -s my.ovpn link; vpnunit gateway config my.own.org --output link'), {
    code: 2,
    stderr: 'link can',
  })
})

t.test('bash completes words, options, and the names that the service knows', async (t) => {
  await sh('vpnunit user add bash; vpnunit gateway add one.bash.org --user bash')
  // As readline does it: the function that is registered is called with the words, the last one under the cursor.
  const drive = `source <(vpnunit completion)
    complete -p vpnunit
    ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _vpnunit 2>&1; echo "$* -> \${COMPREPLY[*]}"; }
    ask vpnunit c
    ask vpnunit user re
    ask vpnunit user show ba
    ask vpnunit gateway config one.
    ask vpnunit gateway add x --key-type rsa
    ask vpnunit check --`
  t.same((await sh(drive)).stdout.split('\n').filter(Boolean), [
    'complete -F _vpnunit vpnunit',
    'vpnunit c -> check completion',
    'vpnunit user re -> remove',
    'vpnunit user show ba -> bash',
    'vpnunit gateway config one. -> one.bash.org',
    'vpnunit gateway add x --key-type rsa -> rsa-2048 rsa-3072 rsa-4096',
    'vpnunit check -- -> --verbose --json --help',
  ])
})

t.test('the completion is bash that shellcheck finds no fault with', { skip: reasonNoShellcheck }, async (t) => {
  t.same(await sh('vpnunit completion | shellcheck -s bash -'), { code: 0, stdout: '', stderr: '' })
})

t.test('bash itself, at a terminal, completes what is typed', async (t) => {
  writeFileSync(join(folder, 'rc'), "source <(vpnunit completion)\nPS1='$ '\nbind 'set enable-bracketed-paste off'\n")
  const typed = 'vpnunit gateway certi\t--he\t\nexit\n'
  const { stdout } = await sh("script -qec 'bash --noprofile --rcfile rc -i' /dev/null", typed)
  t.match(stdout, 'usage: vpnunit gateway certificates <fqdn>')
})

t.test(
  'check touches nothing: not where a server is at work, not where one was killed, not where one was stopped',
  async (t) => {
    const { sh, folder, service } = await openLab(t)
    const data = join(folder, 'data')
    const remote = "export VPNUNIT_REMOTE='vpn.example.org 1194 udp'; "
    const untouched = async (what: string, wanted: { code: number; stdout: string | RegExp }) => {
      const before = treeOf(data)
      t.match(await sh(`${remote}vpnunit check --verbose`), { stderr: '', ...wanted }, what)
      t.same(treeOf(data), before, what)
    }
    await sh('vpnunit user add ada; vpnunit gateway add gw.ada.org --user ada; vpnunit gateway disable gw.ada.org')
    await untouched('served', { code: 0, stdout: 'ok: a server holds' })
    await service.kill9()
    t.ok(existsSync(join(data, 'database.sqlite3-wal')), 'what was last done is in the log alone')
    await untouched('killed', { code: 0, stdout: 'ok: no server holds' })
    const again = await Service.start(t, data)
    await again.stop()
    t.notOk(existsSync(join(data, 'database.sqlite3-wal')))
    await untouched('stopped', { code: 0, stdout: 'ok: no server holds' })
    rmSync(join(data, 'pki/crl.pem'))
    await untouched('spoilt', { code: 1, stdout: /^problem: there is no .*crl\.pem.*\n/ })
    t.same(await sh(`${remote}VPNUNIT_DATA=x VPNUNIT_PORT=y vpnunit check; vpnunit version`), {
      code: 0,
      stdout: `problem: VPNUNIT_PORT must be a whole number from 0 to 65535; vpnunit settings lists every setting\n${VERSION}\n`,
      stderr: '',
    })
    t.match(JSON.parse((await sh('VPNUNIT_PORT=y vpnunit check --json')).stdout), [{ code: 'setting' }])
    t.match(await sh('VPNUNIT_PORT=y vpnunit check'), { code: 2 })
  },
)

t.test('check finds nothing wrong with a server that is at work', async (t) => {
  await writeGateways('busy', 480)
  const remote = "export VPNUNIT_REMOTE='vpn.example.org 1194 udp'; "
  const work = sh('vpnunit gateway add --from busy.csv')
  let isDone = false
  void work.then(() => {
    isDone = true
  })
  while (!isDone) {
    const { code, stdout } = await sh(`${remote}vpnunit check`)
    t.equal(code, 0, stdout)
    // Too much to do is said, and no fault.
    t.match(stdout, /^(warning: .* changed during each of 10 copies; .*\n)?$/)
  }
  t.match(await work, { code: 0 })
})
