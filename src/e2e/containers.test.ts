import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { copyFile, mkdir } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { basename, dirname, join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { HOME } from '../home.ts'
import { missing } from './bad-days/requirements.ts'
import { exec, run } from './lab/exec.ts'
import { Running } from './lab/process.ts'
import { temporaryFolder } from './lab/temporary-folder.ts'
import { type Owner, undoAtEnd } from './lab/undo.ts'
import { until } from './lab/until.ts'

const START_MS = 30_000
const STOP_MS = 15_000

/** What the test needs to know of an instruction to follow it; another one fails the test. */
const INSTRUCTIONS = ['FROM', 'WORKDIR', 'COPY', 'RUN', 'USER', 'ENV', 'VOLUME', 'EXPOSE', 'STOPSIGNAL']
const COMMANDS = ['HEALTHCHECK', 'ENTRYPOINT', 'CMD']

/** tap has every Node that a test starts load a module of its own, which an image has not. */
function withoutTap(words: readonly string[]): [string, string[]] {
  return ['env', ['-u', 'NODE_OPTIONS', ...words]]
}

type Instruction = { word: string; text: string }

/** The instructions of a Dockerfile of the checkout. Only what is written as these tests understand it passes. */
function readDockerfile(name: string): Instruction[] {
  const lines = read(name)
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
  return lines.map((line) => {
    const [, word = '', text = ''] = /^([A-Z]+) +(.+)$/.exec(line) ?? []
    if (![...INSTRUCTIONS, ...COMMANDS].includes(word)) throw new Error(`${name}: this test does not know "${line}"`)
    if (word !== 'RUN' && /[$`]/.test(text)) throw new Error(`${name}: this test replaces no variables: "${line}"`)
    return { word, text }
  })
}

function read(name: string): string {
  return readFileSync(join(HOME, name), 'utf8')
}

/** A command in exec form: the other one would put a shell before the program, which then gets no signal. */
function execForm(text: string): string[] {
  const words: unknown = JSON.parse(text)
  if (!Array.isArray(words)) throw new Error(`not in exec form: ${text}`)
  return words.map(String)
}

type Copy = { from: string | undefined; sources: string[]; target: string }

function parseCopy(text: string): Copy {
  const words = text.split(/ +/)
  const from = /^--from=(.+)$/.exec(words[0] ?? '')?.[1]
  const [target = '', ...sources] = words.slice(from === undefined ? 0 : 1).reverse()
  if ([target, ...sources].some((word) => /^-|[*?[]/.test(word))) throw new Error(`unknown form: COPY ${text}`)
  return { from, sources, target }
}

/** What Docker would know of an image after an instruction. Its file system is the folder `root`. */
type Image = {
  root: string
  workdir: string
  env: Record<string, string>
  user: string
  stopSignal: string
  words: Record<string, string[]>
}

/** A base image is not to be had here: in its place, an empty folder with the Node that runs this test. */
async function startStage(root: string): Promise<Image> {
  await mkdir(join(root, 'node'), { recursive: true })
  await copyFile(process.execPath, join(root, 'node/node'))
  return { root, workdir: '/', env: {}, user: '0', stopSignal: '', words: {} }
}

/** Follows a Dockerfile as Docker would, and answers its last stage. */
async function build(owner: Owner, name: string): Promise<Image> {
  const stages = new Map<string, Image>()
  let image: Image | undefined
  for (const { word, text } of readDockerfile(name)) {
    if (word === 'FROM') {
      const [, , stage = 'last'] = text.split(/ +/)
      image = await startStage(temporaryFolder(owner))
      stages.set(stage, image)
    } else if (image === undefined) throw new Error(`${name} does not begin with FROM`)
    else if (word === 'COPY') await copy(image, parseCopy(text), stages)
    else if (word === 'RUN') await runStep(image, text)
    else await note(image, word, text)
  }
  if (image === undefined) throw new Error(`${name} is empty`)
  return image
}

async function note(image: Image, word: string, text: string): Promise<void> {
  if (word === 'WORKDIR') {
    image.workdir = text
    await mkdir(join(image.root, text), { recursive: true })
  } else if (word === 'ENV') {
    const [, key = '', value = ''] = /^([A-Z_]+)=(\S*)$/.exec(text) ?? []
    if (key === '') throw new Error(`unknown form: ENV ${text}`)
    image.env[key] = value
  } else if (word === 'USER') image.user = text
  else if (word === 'STOPSIGNAL') image.stopSignal = text
  else if (COMMANDS.includes(word)) image.words[word] = execForm(text.replace(/^(--\S+ +)*CMD +/, ''))
}

/** From the checkout as if that was made with a strict umask, which COPY keeps; from another stage as it is there. */
async function copy(image: Image, { from, sources, target }: Copy, stages: Map<string, Image>): Promise<void> {
  const origin = from === undefined ? HOME : stages.get(from)?.root
  if (origin === undefined) throw new Error(`COPY --from=${from}: there is no such stage`)
  const place = target.startsWith('/') ? join(image.root, target) : join(image.root, image.workdir, target)
  for (const source of sources.map((name) => join(origin, name))) {
    const isInto = !statSync(source).isDirectory() && /(^\.?|\/)$/.test(target.replace(/\.$/, ''))
    const end = isInto ? join(place, basename(source)) : place
    await mkdir(dirname(end), { recursive: true, mode: 0o755 })
    const how = from === undefined ? 'umask 077; exec cp -RT "$1" "$2"' : 'exec cp -aT "$1" "$2"'
    await run('sh', ['-c', how, 'sh', source, end])
  }
}

async function runStep(image: Image, text: string): Promise<void> {
  const path = `${join(image.root, 'node')}:${process.env.PATH}`
  // A registry that does not answer must not take longer than the test may.
  const npm = { npm_config_fetch_retries: '1', npm_config_fetch_timeout: '20000' }
  const env = { ...process.env, ...image.env, ...npm, PATH: path }
  const script = `cd '${join(image.root, image.workdir)}' && ${inFolder(image, asOurselves(text))}`
  await run('sh', ['-c', script], { env })
}

/** Paths of the image become paths below the folder that stands for it. */
function inFolder(image: Image, text: string): string {
  return text.replace(/(?<![\w/.'])\/(?=(opt|data)\b)/g, `${image.root}/`)
}

/** Only root can give a folder away. */
function asOurselves(text: string): string {
  if (process.getuid?.() === 0) return text
  return text.replace(/-o \d+ -g \d+/, `-o ${process.getuid?.()} -g ${process.getgid?.()}`)
}

const UNREACHABLE = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH)\b/

/** The image to deploy, or why it can't be built here. */
async function buildDeployImage(): Promise<Image | string> {
  const absent = missing('npm', 'cp', 'find', 'install')
  if (absent !== false) return absent
  try {
    return await build(t, 'Dockerfile.deploy')
  } catch (error) {
    const code = UNREACHABLE.exec(String(error))
    if (code === null) throw error
    return `the npm registry can't be reached: ${code[0]}`
  }
}

function commandOf({ words }: Image): string[] {
  return [...(words.ENTRYPOINT ?? []), ...(words.CMD ?? [])]
}

/** What making a container takes, by the number of the capability. */
const RIGHTS = { CAP_SETPCAP: 8, CAP_NET_ADMIN: 12, CAP_SYS_CHROOT: 18, CAP_SYS_PTRACE: 19, CAP_SYS_ADMIN: 21 }

/** Why a container can't be made by hand here, or false. */
async function cannotConfine(): Promise<string | false> {
  if (process.platform !== 'linux') return 'namespaces need Linux'
  const held = BigInt(`0x${/^CapEff:\t(.+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]}`)
  const lacking = Object.entries(RIGHTS).filter(([, bit]) => ((held >> BigInt(bit)) & 1n) === 0n)
  if (lacking.length > 0) return `not allowed here: ${lacking.map(([name]) => name).join(', ')}`
  const absent = missing('unshare', 'nsenter', 'setpriv', 'mount', 'chroot', 'ip')
  if (absent !== false) return absent
  const { code } = await exec('unshare', ['--mount', '--pid', '--net', '--fork', 'mount', '-t', 'tmpfs', 'x', '/mnt'])
  return code !== 0 && 'namespaces and mounts are not allowed here'
}

/** What Docker does for a container: the image as its root, read-only but for volumes, programs of this machine's. */
const CONFINE = `set -eu
root=$1 tmpfs=$2
shift 2
mount --bind "$root" "$root"
cd "$root"
for folder in /bin /lib /lib64 /sbin /usr /etc; do
  [ -e "$folder" ] || continue
  mkdir -p ".$folder"
  mount --bind "$folder" ".$folder"
  mount -o remount,bind,ro ".$folder"
done
mkdir -p proc dev tmp
mount -t proc proc proc
mount --rbind /dev dev
mount -t tmpfs -o "$tmpfs" tmpfs tmp
mount --bind data data
mount -o remount,bind,ro .
ip link set lo up
exec chroot . "$@"`

/** A container of an image with what docker-compose.yml says of it. */
class Container {
  readonly process: Running
  readonly #first: number
  readonly #env: NodeJS.ProcessEnv
  readonly #drop: string[]

  private constructor(process: Running, first: number, env: NodeJS.ProcessEnv, drop: string[]) {
    this.process = process
    this.#first = first
    this.#env = env
    this.#drop = drop
  }

  static async start(owner: Owner, image: Image, service: Service): Promise<Container> {
    const [uid = '', gid = ''] = image.user.split(':')
    const rights = ['--no-new-privs', '--bounding-set', '-all', '--inh-caps', '-all']
    const drop = ['setpriv', '--reuid', uid, '--regid', gid, '--clear-groups', ...rights, '--']
    const env = { ...image.env, ...strings(service.environment), PATH: '/node:/usr/bin:/bin:/usr/sbin:/sbin' }
    const spaces = ['--mount', '--pid', '--net', '--ipc', '--fork', '--kill-child']
    const confine = ['sh', '-c', CONFINE, 'sh', image.root, service.tmpfs[0]?.replace(/^\/tmp:/, '') ?? '']
    const words = [...spaces, ...confine, ...drop, ...withoutTap(commandOf(image)).flat()]
    const running = Running.start(owner, 'unshare', words, { env })
    const children = `/proc/${running.pid}/task/${running.pid}/children`
    let first = 0
    await until('the container has a first process', START_MS, () => {
      first = existsSync(children) ? Number(readFileSync(children, 'utf8')) : 0
      return first > 0
    })
    // Once a process has given up its user, --kill-child no longer reaches it.
    const kill = () => {
      try {
        if (running.ending === undefined) process.kill(first, 'SIGKILL')
      } catch {
        // It has just ended.
      }
    }
    undoAtEnd(owner, async () => kill(), kill)
    return new Container(running, first, env, drop)
  }

  /** As docker exec: a program inside, as the image's user. */
  async exec(words: readonly string[]) {
    const inside = ['--target', String(this.#first), '--mount', '--pid', '--net', '--ipc', '--root']
    return await exec('nsenter', [...inside, ...this.#drop, ...withoutTap(words).flat()], { env: this.#env })
  }

  /** What the kernel says of its first process. */
  status(): string {
    return readFileSync(`/proc/${this.#first}/status`, 'utf8')
  }

  stop(signal: string): Promise<number | string> {
    process.kill(this.#first, signal as NodeJS.Signals)
    return this.process.waitForEnd(STOP_MS)
  }
}

type Service = {
  build: { context: string; dockerfile: string }
  restart: string
  environment: Record<string, string | number>
  ports: string[]
  volumes: { type: string; source: string; target: string; bind?: { create_host_path?: boolean } }[]
  read_only: boolean
  tmpfs: string[]
  cap_drop: string[]
  cap_add?: string[]
  privileged?: boolean
  security_opt: string[]
}

const compose: { services: Record<string, Service> } = parse(read('docker-compose.yml'))
const service = compose.services.vpnunit as Service

function strings(values: Record<string, string | number>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))
}

/** A call over the service's socket: its status, and the text of the answer. */
async function ask(data: string, method: string, path: string, body?: object): Promise<string> {
  const headers = body === undefined ? {} : { 'content-type': 'application/json' }
  const call = request({ socketPath: join(data, 'vpnunit.sock'), method, path, headers })
  const answered = new Promise<IncomingMessage>((resolve, reject) => call.on('response', resolve).on('error', reject))
  call.end(body && JSON.stringify(body))
  const answer = await answered
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk)
  return `${answer.statusCode} ${Buffer.concat(chunks)}`
}

function imageTests(image: Image): void {
  const home = join(image.root, image.workdir)

  t.test('the image holds the program and its packages, and nothing of its development', async (t) => {
    const files = readdirSync(join(home, 'src'), { recursive: true }).map(String)
    t.ok(files.includes('main.ts') && files.includes('serve/serve.ts'))
    t.same(
      files.filter((name) => /\.test\.ts$|(^|\/)(testing|testdata|e2e|bench)(\/|$)/.test(name)),
      [],
    )
    const packages = JSON.parse(read('package.json'))
    const installed = (names: object) =>
      Object.keys(names).filter((name) => existsSync(join(home, 'node_modules', name)))
    t.same(installed(packages.dependencies), Object.keys(packages.dependencies))
    t.same(installed(packages.optionalDependencies), [])
    // What a package of the program needs itself may be there.
    for (const name of ['tap', 'typescript', 'drizzle-kit', '@biomejs/biome', 'fast-check']) {
      t.ok(name in packages.devDependencies, `${name} is of development alone`)
      t.notOk(existsSync(join(home, 'node_modules', name)))
    }
    t.notOk(existsSync(join(home, 'data')), 'no data of the machine that built it')
    t.notOk(existsSync(join(home, '.env')), 'no settings of the machine that built it')
  })

  t.test('the service runs from those files alone, is healthy as the image asks, and ends well', async (t) => {
    const data = temporaryFolder(t)
    const path = `${join(image.root, 'node')}:${process.env.PATH}`
    const env = { ...image.env, PATH: path, VPNUNIT_DATA: data, VPNUNIT_PORT: '0' }
    const words = commandOf(image).map((word) => inFolder(image, word))
    const check = image.words.HEALTHCHECK ?? []
    const isHealthy = async () => (await exec(...withoutTap(check), { env })).code

    t.equal(await isHealthy(), 1, 'it is not healthy before it runs')
    const running = Running.start(t, ...withoutTap(words), { env })
    await until('the service is healthy', START_MS, async () => {
      if (running.ending !== undefined) throw new Error(running.output)
      return (await isHealthy()) === 0
    })
    // Through every package: database, certificates, keys, templates, and the pages with their files.
    t.match(await ask(data, 'POST', '/users', { name: 'ada' }), /^201 /)
    t.match(await ask(data, 'POST', '/gateways', { name: 'a.ada.example.org', user: 'ada' }), /^201 /)
    t.match(await ask(data, 'GET', '/gateway/a.ada.example.org/config'), /^200 [\s\S]*<tls-crypt-v2>/)
    t.match(await ask(data, 'GET', '/openapi.json'), /^200 .*"3\.1\.0"/)
    t.match(await ask(data, 'GET', '/docs/'), /^200 [\s\S]*<html/)
    t.match(await ask(data, 'DELETE', '/gateway/a.ada.example.org'), /^200 /)

    running.signal(image.stopSignal as NodeJS.Signals)
    t.match({ ending: await running.waitForEnd(STOP_MS), output: running.output }, { ending: 0, output: /"stopped"/ })
    t.equal(await isHealthy(), 1, 'it is not healthy any more')
  })
}

async function confinedTests(image: Image): Promise<void> {
  const skip = await cannotConfine()

  t.test(
    'as docker-compose.yml runs it, it is the first process, without rights, on a read-only root',
    { skip },
    async (t) => {
      const container = await Container.start(t, image, service)
      const check = image.words.HEALTHCHECK ?? []
      await until('the container is healthy', START_MS, async () => {
        if (container.process.ending !== undefined) throw new Error(container.process.output)
        return (await container.exec(check)).code === 0
      })
      const status = container.status()
      t.match(status, /^NSpid:\t\d+\t1$/m, 'the first process is the service, without a shell before it')
      t.match(status, /^Uid:\t606\t606\t606\t606$/m)
      t.match(status, /^CapBnd:\t0+$/m)
      t.match(status, /^NoNewPrivs:\t1$/m)
      t.match(await container.exec(['touch', '/opt/vpnunit/x']), { code: 1, stderr: /Read-only/ })
      t.match(await container.exec(['touch', '/x']), { code: 1, stderr: /Read-only/ })
      t.match(await container.exec(['touch', '/tmp/x']), { code: 0 })

      const words = 'fetch("http://127.0.0.1:8080/health").then(async (a) => console.log(a.status, await a.text()))'
      t.match(
        await container.exec(['node', '-e', words]),
        { code: 0, stdout: /^200 / },
        'it listens where compose says',
      )
      t.equal(statSync(join(image.root, 'data')).mode & 0o777, 0o755, 'OpenVPN passes as nobody')
      t.equal(statSync(join(image.root, 'data/vpnunit.sock')).uid, 606)
      const ending = await container.stop(image.stopSignal)
      t.match({ ending, output: container.process.output }, { ending: 0, output: /"stopped"/ })
    },
  )
}

const image = await buildDeployImage()
if (typeof image === 'string') t.test('the image to deploy is built', { skip: image }, async () => undefined)
else {
  imageTests(image)
  await confinedTests(image)
}

t.test('what a Dockerfile copies is there', async (t) => {
  for (const name of ['Dockerfile.deploy', 'Dockerfile.develop']) {
    const copies = readDockerfile(name).filter(({ word }) => word === 'COPY')
    t.ok(copies.length > 0)
    for (const { from, sources } of copies.map(({ text }) => parseCopy(text))) {
      if (from === undefined) for (const source of sources) t.ok(existsSync(join(HOME, source)), `${name}: ${source}`)
    }
  }
})

t.test('both images are of the same Node, new enough for the program', async (t) => {
  const bases = ['Dockerfile.deploy', 'Dockerfile.develop'].flatMap((name) =>
    readDockerfile(name).flatMap(({ word, text }) => (word === 'FROM' ? [text.split(' ')[0]] : [])),
  )
  t.equal(new Set(bases).size, 1)
  const least = /\d+/.exec(JSON.parse(read('package.json')).engines.node)?.[0]
  t.ok(Number(/^node:(\d+)-/.exec(bases[0] ?? '')?.[1]) >= Number(least))
})

t.test('the image to deploy is safe as it is: own user, no address but loopback, no plain text allowed', async (t) => {
  const last = (word: string) => readDockerfile('Dockerfile.deploy').findLast((step) => step.word === word)?.text
  t.match(last('USER'), /^[1-9]\d*:[1-9]\d*$/)
  t.equal(last('VOLUME'), '/data')
  t.equal(last('ENV'), 'VPNUNIT_DATA=/data')
  t.equal(last('STOPSIGNAL'), 'SIGTERM')
  t.notMatch(read('Dockerfile.deploy'), /^ENV.*(HOST|PLAIN)/m)
})

t.test('the develop image runs script/qa, with the Debian packages of script/packages', async (t) => {
  const steps = readDockerfile('Dockerfile.develop')
  t.same(execForm(steps.findLast(({ word }) => word === 'CMD')?.text ?? ''), ['script/qa'])
  t.ok(steps.some(({ word, text }) => word === 'RUN' && text.startsWith('script/packages')))
  t.notMatch(read('Dockerfile.develop'), /apt(-get)? .*install/, 'the list is there alone')
})

t.test('docker-compose.yml publishes on loopback, gives no rights, and takes none for granted', async (t) => {
  t.same(service.build, { context: '.', dockerfile: 'Dockerfile.deploy' })
  t.equal(service.restart, 'unless-stopped')
  t.ok(service.ports.length > 0 && service.ports.every((port) => port.startsWith('127.0.0.1:')))
  t.match(service.volumes, [
    { type: 'bind', source: '/srv/vpnunit', target: '/data', bind: { create_host_path: false } },
  ])
  t.equal(service.read_only, true)
  t.same(service.cap_drop, ['ALL'])
  t.notOk(service.cap_add ?? service.privileged)
  t.ok(service.security_opt.includes('no-new-privileges:true'))
})

t.test('the pipeline builds the develop image and runs it', async (t) => {
  const pipeline: { steps: { name: string; commands: string[] }[] } = parse(read('.drone.yml'))
  const commands = pipeline.steps.flatMap((step) => step.commands)
  const files = commands.flatMap((command) => /--file (\S+)/.exec(command)?.[1] ?? [])
  t.same(files, ['Dockerfile.develop', 'Dockerfile.deploy'])
  t.ok(commands.some((command) => /^docker run --rm --privileged vpnunit-develop:\S+$/.test(command)))
})

t.test('no image is given secrets, data, history or packages of this machine', async (t) => {
  const ignored = read('.dockerignore').split('\n')
  for (const pattern of ['.git', '.env', 'data/*', '**/node_modules']) t.ok(ignored.includes(pattern), pattern)
  const same = (line: string) => line.replace(/^(!?)\/|\/$/g, '$1').replace(/^\*\*\//, '')
  const covered = ignored.map(same)
  for (const line of read('.gitignore').split('\n')) t.ok(covered.includes(same(line)), `${line} of .gitignore`)
})
