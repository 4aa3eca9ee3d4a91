import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { HOME } from '../home.ts'
import { missing } from './bad-days/requirements.ts'
import { type Answer, run } from './lab/exec.ts'
import { lockOf } from './lab/kernel-routes.ts'
import { addNamespace, type Namespace } from './lab/namespaces.ts'
import { reasonToSkip } from './lab/requirements.ts'
import { temporaryFolder } from './lab/temporary-folder.ts'
import { type Owner, undoAtEnd } from './lab/undo.ts'

const PROGRAMS = ['git', 'curl', 'openssl', 'openvpn', 'sqlite3', 'mount', 'sysctl', 'flock', 'ping', 'nft']
t.setTimeout(300_000)

const skip = reasonToSkip() ?? missing(...PROGRAMS)

const DOCUMENTS = [
  'README.md',
  ...readdirSync(join(HOME, 'docs'), { recursive: true, encoding: 'utf8' }).map((file) => join('docs', file)),
].filter((file) => file.endsWith('.md'))

/** What README.md and docs/install.md advise to set before the first profile is given out. */
const SETTINGS = "VPNUNIT_REMOTE='vpn.example.org 1194 udp'\nVPNUNIT_PREFIX=2001:db8:44::/48\n"

/** These make their users themselves; the others go on where the installation ended. */
const BEGINNINGS = ['README.md', 'docs/install.md', 'docs/systemd/README.md']

type Block = { line: number; text: string; notRun: string | undefined }

const BLOCK = /^(?:<!-- not run: (.+) -->\n)?```(sh|ini|yaml|)\n([\s\S]*?)\n```$/gm

/**
 * The sh blocks of a document, with why one is not run.
 * @throws Error for what would be a block only to some readers, or a reason that belongs to no sh block
 */
function readBlocks(document: string): Block[] {
  const left = document.replaceAll(BLOCK, (whole, notRun, language) => {
    return notRun === undefined || language === 'sh' ? '' : whole
  })
  const stray = /^.*(```|~~~|<!-- not run).*$/m.exec(left)?.[0]
  if (stray !== undefined) throw new Error(`this belongs to no block that can be read: ${stray}`)
  return [...document.matchAll(BLOCK)]
    .filter(([, , language]) => language === 'sh')
    .map(({ 1: notRun, 3: text = '', index }) => ({ line: document.slice(0, index).split('\n').length, text, notRun }))
}

function blocksOf(document: string): Block[] {
  return readBlocks(readFileSync(join(HOME, document), 'utf8'))
}

/** What git has, or will have with the next commit: nothing that is ignored, and nothing that is deleted. */
async function listCheckout(): Promise<string[]> {
  const options = ['-z', '--cached', '--others', '--exclude-standard', '--deduplicate']
  const list = await run('git', ['-c', 'safe.directory=*', '-C', HOME, 'ls-files', ...options])
  return list.split('\0').filter((file) => file !== '' && !file.startsWith('data/') && existsSync(join(HOME, file)))
}

/** A machine of its own: the checkout as it is cloned in `opt/vpnunit`, an empty data directory in `srv/vpnunit`. */
async function makeMachine(owner: Owner): Promise<{ namespace: Namespace; folder: string }> {
  const folder = temporaryFolder(owner)
  const checkout = join(folder, 'opt/vpnunit')
  for (const file of await listCheckout()) {
    mkdirSync(dirname(join(checkout, file)), { recursive: true })
    copyFileSync(join(HOME, file), join(checkout, file))
  }
  for (const place of ['opt/vpnunit/node_modules', 'srv/vpnunit']) mkdirSync(join(folder, place), { recursive: true })
  // So that documents may say data/, as README.md does, /srv/vpnunit, as the containers do, or /var/lib/vpnunit.
  symlinkSync('/srv/vpnunit', join(checkout, 'data'))
  const namespace = await addNamespace(owner, 'reader')
  await lockOf(owner, namespace)
  undoAtEnd(
    owner,
    async () => endAll(namespace),
    () => endAll(namespace),
  )
  return { namespace, folder }
}

/** Ends whatever still runs in a namespace: OpenVPN is a daemon there, and has no parent that knows it. */
function endAll(namespace: Namespace): void {
  if (!existsSync(join('/run/netns', namespace.name))) return
  const pids = execFileSync('ip', ['netns', 'pids', namespace.name], { encoding: 'utf8' })
  for (const pid of pids.split('\n').filter(Boolean)) {
    try {
      process.kill(Number(pid), 'SIGKILL')
    } catch {
      // It ended meanwhile.
    }
  }
}

/**
 * `ip netns exec` gave the shell mounts of its own. The packages are borrowed, and so read-only; settings, users and units
 * go into a copy of /etc. OpenVPN goes into the background before its device is up, and a shell is faster at the next line
 * than a person.
 */
const BEGIN = `
mount --bind "$PACKAGES" "$FOLDER/opt/vpnunit/node_modules"
mount -o remount,bind,ro "$FOLDER/opt/vpnunit/node_modules"
mount --rbind "$FOLDER/opt" /opt
mount --bind "$FOLDER/srv" /srv
mount -t tmpfs -o mode=755 tmpfs /var/lib
mkdir /var/lib/vpnunit
mount --bind "$FOLDER/srv/vpnunit" /var/lib/vpnunit
mount -t tmpfs -o mode=755 tmpfs /run
cp -a /etc "$FOLDER/etc"
mount --bind "$FOLDER/etc" /etc
mkdir "$FOLDER/programs" "$FOLDER/bin"
mount --bind /usr/local/bin "$FOLDER/programs"
find "$FOLDER/programs" -mindepth 1 -maxdepth 1 -exec ln -s -t "$FOLDER/bin" {} +
mount --bind "$FOLDER/bin" /usr/local/bin
cd /opt/vpnunit
service=
stop_service() {
  [ -z "$service" ] || { kill "$service" && wait "$service" || true; }
}
trap stop_service EXIT
openvpn() {
  command openvpn "$@"
  timeout 30 sh -c 'until ip -o link show up | grep -q tun0; do sleep 0.05; done'
}
serve() {
  stop_service
  socket=$1
  shift
  env "$@" >>"$FOLDER/log" 2>&1 &
  service=$!
  until curl --silent --output /dev/null --unix-socket "$socket" http://vpnunit/health; do
    kill -0 "$service" || { cat "$FOLDER/log"; exit 1; }
    sleep 0.05
  done
}
`

const USERS = `
script/vpnunit user add johndoe
script/vpnunit gateway add router.johndoe.example.org --user johndoe
`

/** A block that is nothing but a start serves in the foreground: the blocks after it are meant for another shell. */
function commandsOf(text: string): string {
  if (!/^(VPNUNIT_\w+=('[^']*'|\S+) (\\\n *)?)*script\/(start|vpnunit serve)$/.test(text)) return text
  const data = /VPNUNIT_DATA=(\S+)/.exec(text)?.[1] ?? '/srv/vpnunit'
  return `serve ${data}/vpnunit.sock ${text.replaceAll('\\\n', ' ')}`
}

function scriptOf(document: string, blocks: readonly Block[]): string {
  const before = BEGINNINGS.includes(document) ? '' : USERS
  const start = document === 'README.md' ? '' : commandsOf('script/start')
  const steps = blocks
    .filter(({ notRun }) => notRun === undefined)
    .map(({ line, text }) => `echo '== ${document}, line ${line}'\n${commandsOf(text)}`)
  return [BEGIN, start, before, ...steps].join('\n')
}

/** Runs the blocks of a document, in their order, in one shell that ends at the first fault. */
async function follow(owner: Owner, document: string, blocks: readonly Block[]): Promise<Answer> {
  const { namespace, folder } = await makeMachine(owner)
  if (document !== 'README.md') writeFileSync(join(folder, 'opt/vpnunit/.env'), SETTINGS)
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('VPNUNIT_'))
  const env = { ...Object.fromEntries(inherited), FOLDER: folder, PACKAGES: join(HOME, 'node_modules') }
  return namespace.exec('sh', ['-ec', scriptOf(document, blocks)], { env })
}

t.test('the reader takes sh blocks with the reason before them, and refuses what it may misread', async (t) => {
  const text = 'a\n```sh\nb\n\nc\n```\n<!-- not run: d -->\n```sh\ne\n```\n```\nf\n```\n'
  t.same(readBlocks(text), [
    { line: 2, text: 'b\n\nc', notRun: undefined },
    { line: 7, text: 'e', notRun: 'd' },
  ])
  t.throws(() => readBlocks('```sh\nb\n'), /no block that can be read: ```sh/)
  t.throws(() => readBlocks('  ```sh\nb\n  ```\n'), /no block that can be read/)
  t.throws(() => readBlocks('```shell\nb\n```\n'), /no block that can be read/)
  t.throws(() => readBlocks('<!-- not run: d -->\n\n```sh\nb\n```\n'), /no block that can be read: <!-- not run/)
})

t.test('a command that fails in a block fails its document', { skip }, async (t) => {
  const blocks = readBlocks('```sh\nscript/vpnunit status\n```\n```sh\nscript/vpnunit gateway shwo\necho on\n```\n')
  const { code, stdout } = await follow(t, 'docs/none.md', blocks)
  t.equal(code, 2)
  t.match(stdout, /line 4$/m)
  t.notMatch(stdout, /^on$/m)
})

for (const document of DOCUMENTS) {
  const blocks = blocksOf(document)
  if (blocks.length === 0) continue
  t.test(`what ${document} says to type works`, { skip }, async (t) => {
    for (const { line, notRun } of blocks) if (notRun !== undefined) t.comment(`line ${line} is not run: ${notRun}`)
    const { code, stdout, stderr } = await follow(t, document, blocks)
    t.equal(code, 0, `${stdout}${stderr}`.slice(-3000))
  })
}
