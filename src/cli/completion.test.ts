import { spawnSync } from 'node:child_process'
import t from 'tap'
import { KEY_TYPES } from '../domain/key-type.ts'
import { bashCompletion } from './completion.ts'
import { COMMANDS } from './run.ts'

const VERB = { words: ['serve'], operands: [], meaning: '', options: { loud: { meaning: '' } }, examples: [] }
const SCRIPT = bashCompletion([VERB, ...COMMANDS])

/** What the service lists is not to be trusted. */
const STUB = `vpnunit() {
  case "$*" in
    'user list') printf 'NAME  HEX\\nada  02\\neve  03\\n$(touch hacked) 04\\n*  05\\n' ;;
    'host list') printf 'NAME  REACHABLE\\nvpn1.example.org  yes\\n' ;;
    'token list') printf 'NAME  SCOPE\\nprometheus  read\\n' ;;
    'gateway list') printf 'NAME  USER\\ngw.ada.example.org  ada\\ngw.eve.example.org  eve\\n' ;;
  esac
}
compopt() { echo "compopt $*"; }
`

/** What bash offers behind these words; the last one is under the cursor. */
function complete(...words: string[]): string[] {
  const drive = `COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _vpnunit; for word in "\${COMPREPLY[@]}"; do echo "$word"; done`
  const { stdout, stderr } = spawnSync('bash', ['-uc', `${SCRIPT}${STUB}${drive}`, 'bash', 'vpnunit', ...words], {
    encoding: 'utf8',
  })
  return (stdout + stderr).split('\n').filter(Boolean)
}

t.test('the first word is a verb or begins a command', async (t) => {
  t.same(complete(''), [
    'audit',
    'firewall',
    'gateway',
    'group',
    'host',
    'policy',
    'serve',
    'sessions',
    'status',
    'token',
    'user',
    'watch',
  ])
  t.same(complete('s'), ['serve', 'sessions', 'status'])
  t.same(complete('x'), [])
})

t.test('the second word is one of its group, behind help too', async (t) => {
  t.same(complete('user', ''), ['add', 'list', 'show', 'remove', 'disable', 'enable'])
  t.same(complete('gateway', 're'), ['remove', 'renew'])
  t.same(complete('help', 'g'), ['gateway', 'group'])
  t.same(complete('help', 'gateway', 'l'), ['list', 'lan'])
  t.same(complete('group', 'rule', ''), ['add', 'remove'])
  t.same(complete('status', ''), [])
})

t.test('the third is a name that the service knows, wherever options stand', async (t) => {
  t.same(complete('user', 'show', ''), ['ada', 'eve'])
  t.same(complete('gateway', 'config', 'gw.a'), ['gw.ada.example.org'])
  t.same(complete('gateway', 'renew', '--force', '--old', 'keep', 'gw.e'), ['gw.eve.example.org'])
  t.same(complete('token', 'remove', ''), ['prometheus'])
  t.same(complete('gateway', 'show', 'gw.ada.example.org', ''), [], 'a second name is not taken')
  t.same(complete('gateway', 'disconnect', 'gw.a'), ['gw.ada.example.org'])
  t.same(complete('host', 'remove', ''), ['vpn1.example.org'])
  t.same(complete('gateway', 'add', ''), [], 'a new name is nobody’s to offer')
})

t.test('options are those of the command', async (t) => {
  t.same(complete('user', 'add', '--'), ['--number', '--if-missing', '--json', '--help'])
  t.same(complete('gateway', 'config', 'gw.ada.example.org', '-'), ['--output', '--help'])
  t.same(complete('status', '--j'), ['--json'])
  t.same(complete('serve', '--'), ['--loud', '--help'])
})

t.test('a value is one of its choices, a user or a file', async (t) => {
  t.same(complete('gateway', 'add', 'x.example.org', '--key-type', ''), KEY_TYPES)
  t.same(complete('gateway', 'renew', 'x', '--old', 'r'), ['retire', 'revoke'])
  t.same(complete('gateway', 'add', 'x.example.org', '--user', 'e'), ['eve'])
  t.same(complete('sessions', '--history', '--gateway', 'gw.e'), ['gw.eve.example.org'])
  t.same(complete('gateway', 'add', '--from', ''), ['compopt -o default'])
  t.same(complete('gateway', 'add', 'x', '--slot', ''), [])
})

t.test('a value behind "=", which bash gives as a word of its own', async (t) => {
  t.same(complete('gateway', 'list', '--user', '=', 'a'), ['ada'])
  t.same(complete('gateway', 'list', '--user', '='), ['ada', 'eve'])
  t.same(complete('gateway', 'list', '--user', '=', 'ada', '--e'), ['--expires-before'])
})

t.test('an option means the same in every command, as the parser of the line assumes', async (t) => {
  const kinds = new Map<string, string>()
  for (const { options } of COMMANDS) {
    for (const [name, { value, choices }] of Object.entries(options)) {
      const kind = `${value !== undefined} ${choices?.join()}`
      t.equal(kinds.get(name) ?? kind, kind, name)
      kinds.set(name, kind)
    }
  }
})
