import { execFile } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { SETTINGS } from './settings.ts'
import { VERSION } from './version.ts'

const MAIN = join(import.meta.dirname, 'main.ts')

// Each test waits for a process of its own.
t.jobs = 4

type Outcome = { status: number; stdout: string; stderr: string }

/** Calls the command as the shell does, with this environment alone. */
function vpnunit(args: string[], env: Record<string, string> = {}): Promise<Outcome> {
  const options = { env: { VPNUNIT_ENV_FILE: '', ...env } }
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], options, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr })
    })
  })
}

for (const args of [[], ['--help']]) {
  t.test(`vpnunit ${args.join(' ')} tells every verb`, async (t) => {
    const { status, stdout, stderr } = await vpnunit(args)
    t.same({ status, stderr }, { status: 0, stderr: '' })
    for (const verb of ['serve', 'apply', 'check', 'settings', 'completion', 'version', 'help'])
      t.match(stdout, `\n  ${verb} `)
    t.match(stdout, '\nexit code: 0 done, 1 refused, 2 wrong usage or settings, 3 the service can’t be reached\n')
  })
}

t.test('vpnunit version tells the version alone', async (t) => {
  t.same(await vpnunit(['version']), { status: 0, stdout: `${VERSION}\n`, stderr: '' })
})

t.test('vpnunit settings tells every setting with its default, whatever is set', async (t) => {
  const { status, stdout } = await vpnunit(['settings'], {
    VPNUNIT_PORT: 'wrong',
    VPNUNIT_ADMIN_TOKEN: 'told-to-nobody-ever',
  })
  t.equal(status, 0)
  const lines = stdout.trimEnd().split('\n')
  t.same(
    lines.map((line) => line.split(' ')[0]),
    Object.keys(SETTINGS),
  )
  t.match(lines[2], /^VPNUNIT_PORT +8080 +The TCP port/)
  t.notMatch(stdout, 'told-to-nobody-ever')
})

for (const verb of ['sevre', '', '__proto__']) {
  t.test(`there is no verb ${JSON.stringify(verb)}: status 2`, async (t) => {
    t.same(await vpnunit([verb]), {
      status: 2,
      stdout: '',
      stderr: `vpnunit: there is no "${verb}"; see vpnunit help\n`,
    })
  })
}

t.test('serve with wrong settings tells all of them and ends with status 2', async (t) => {
  const { status, stdout, stderr } = await vpnunit(['serve'], { VPNUNIT_PORT: 'x', VPNUNIT_PROT: '1' })
  t.same({ status, stdout }, { status: 2, stdout: '' })
  t.match(stderr, /^vpnunit: wrong settings:\n {2}VPNUNIT_PROT is no setting.*\n {2}VPNUNIT_PORT must be .*\n$/)
})

t.test('serve with an argument ends with status 2', async (t) => {
  const { status, stderr } = await vpnunit(['serve', '--port=80'])
  t.equal(status, 2)
  t.match(stderr, 'serve takes no argument, not "--port=80"; settings are in the environment')
})

t.test('a settings file that is not there is told with the setting that names it, status 2', async (t) => {
  const { status, stderr } = await vpnunit(['serve'], { VPNUNIT_ENV_FILE: '/nowhere/env' })
  t.equal(status, 2)
  t.match(stderr, /^vpnunit: wrong settings:\n {2}VPNUNIT_ENV_FILE, .* can't be read: ENOENT: .*'\/nowhere\/env'\n$/)
})

t.test('a command with wrong settings tells all of them and ends with status 2', async (t) => {
  const { status, stdout, stderr } = await vpnunit(['user', 'list'], { VPNUNIT_PORT: 'x', VPNUNIT_PROT: '1' })
  t.same({ status, stdout }, { status: 2, stdout: '' })
  t.match(stderr, /^vpnunit: wrong settings:\n {2}VPNUNIT_PROT is no setting.*\n {2}VPNUNIT_PORT must be .*\n$/)
})

t.test('every verb explains itself, and so do commands and groups, by two ways', async (t) => {
  for (const verb of ['serve', 'apply', 'check', 'settings', 'completion', 'version']) {
    const { status, stdout } = await vpnunit([verb, '--help'], { VPNUNIT_PORT: 'wrong' })
    t.equal(status, 0, verb)
    t.match(stdout, new RegExp(`^${verb}: .*\n\nusage: vpnunit ${verb} \\[options\\]\n`))
    t.match(stdout, '\nexit code: 0 ')
  }
  for (const words of [['user'], ['gateway', 'add']]) {
    const { status, stdout, stderr } = await vpnunit(['help', ...words])
    t.same({ status, stderr }, { status: 0, stderr: '' })
    t.match(stdout, `usage: vpnunit ${words.join(' ')} `)
    t.equal((await vpnunit([...words, '--help'])).stdout, stdout)
  }
  t.match(await vpnunit(['help', 'usr']), {
    status: 2,
    stdout: '',
    stderr: 'vpnunit: there is no "usr"; see vpnunit help\n',
  })
})

t.test('an argument that a verb does not take is refused, with the way to its help', async (t) => {
  for (const verb of ['version', 'settings', 'completion', 'check']) {
    const { status, stdout, stderr } = await vpnunit([verb, '--quick'])
    t.same({ status, stdout }, { status: 2, stdout: '' }, verb)
    t.match(stderr, `vpnunit: ${verb} is called wrong: unknown option '--quick'; see vpnunit ${verb} --help\n`)
  }
})

t.test('a complaint repeats no control character of the caller’s', async (t) => {
  const { status, stderr } = await vpnunit(['user', 'show', 'a', '\u001b]0;x\u0007'])
  t.equal(status, 2)
  t.notMatch(stderr.trimEnd(), /\p{Cc}/u)
})
