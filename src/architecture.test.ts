import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, normalize } from 'node:path'
import t from 'tap'

const SRC = import.meta.dirname
const read = (file: string) => readFileSync(join(SRC, file), 'utf8')

const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))

/** What only tests use. */
const isForTests = (file: string) => file.endsWith('.test.ts') || /^(e2e|bench)\/|(^|\/)testing\//.test(file)
const PRODUCTION = FILES.filter((file) => !isForTests(file))

/** One import of a file. `to` is a file of ours, from src/ on, or a package. */
type Import = { from: string; to: string; isOurs: boolean; isType: boolean }

const said = ({ from, to }: Import) => `${from} imports ${to}`

const FROM = /^(?:import|export)\s+(type\s)?[^'"`;]*?from\s+'([^']+)'/gm
const BARE = /(?:^import|\bimport\()\s*()'([^']+)'/gm

function importsOf(file: string): Import[] {
  const text = read(file)
  return [FROM, BARE].flatMap((pattern) =>
    Array.from(text.matchAll(pattern), ([, type, target = '']) => {
      const isOurs = target.startsWith('.')
      const to = isOurs ? normalize(join(dirname(file), target)) : packageOf(target)
      return { from: file, to, isOurs, isType: type !== undefined && type !== '' }
    }),
  )
}

function packageOf(target: string): string {
  if (target.startsWith('node:')) return target
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/')
}

const IMPORTS = FILES.flatMap(importsOf)
const OURS = IMPORTS.filter(({ from, isOurs }) => isOurs && !isForTests(from))

/** A file's room: its folder, or itself at the top level. */
const roomOf = (file: string) => (file.includes('/') ? file.slice(0, file.indexOf('/')) : file)

/** Which rooms, or which of their files, each room may import. What is not listed may import everything. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  domain: [],
  store: ['domain'],
  ca: ['domain'],
  render: ['domain'],
  publish: ['domain', 'store', 'ca', 'render'],
  feed: ['domain', 'publish/touched.ts'],
  provision: ['domain', 'store', 'ca', 'publish', 'feed', 'unit.ts'],
  http: [
    'domain',
    'store',
    'render',
    'provision',
    'feed',
    'metrics',
    'unit.ts',
    'version.ts',
    // Paths and state.
    'publish/closed-folder.ts',
    'publish/layout.ts',
  ],
  metrics: ['domain', 'store', 'unit.ts', 'version.ts'],
  agent: ['domain', 'config.ts', 'setting-texts.ts', 'version.ts'],
  // The one that runs with rights: what it trusts is to be read in one sitting.
  apply: ['domain', 'render', 'run-folder.ts', 'version.ts'],
  'run-folder.ts': [],
  'home.ts': [],
  'setting-texts.ts': ['domain', 'home.ts'],
  'settings.ts': ['setting-texts.ts'],
  'version.ts': ['home.ts'],
  'config.ts': ['domain', 'home.ts', 'settings.ts', 'setting-texts.ts'],
  'unit.ts': ['config.ts', 'domain', 'store', 'ca', 'publish', 'feed'],
  // It asks the API, and knows of it what anybody can: its types.
  cli: ['domain', 'config.ts', 'setting-texts.ts', 'version.ts'],
}

/** What stands beside the table, each for its reason. */
const MAY_ALSO: readonly ((one: Import) => boolean)[] = [
  // A profile is DER from the database as PEM.
  ({ from, to }) => from === 'http/gateway-config.ts' && ['ca/authority.ts', 'ca/key-pair.ts'].includes(to),
  // They are given their settings as a value.
  ({ from, to, isType }) => ['agent', 'apply'].includes(roomOf(from)) && to === 'config.ts' && isType,
  ({ from, to, isType }) => from.startsWith('cli/') && to.startsWith('http/') && isType,
]

/** They put the whole together, or look at the whole. */
const MAY_IMPORT_ALL = ['main.ts', 'app.ts', 'serve', 'check']

t.test('imports point down', async (t) => {
  const wrong = OURS.filter((one) => {
    const allowed = MAY_IMPORT[roomOf(one.from)]
    if (allowed === undefined || roomOf(one.to) === roomOf(one.from)) return false
    return !allowed.includes(roomOf(one.to)) && !allowed.includes(one.to) && !MAY_ALSO.some((may) => may(one))
  })
  t.same(wrong.map(said), [])
})

t.test('every room has its line in the table', async (t) => {
  const known = new Set([...Object.keys(MAY_IMPORT), ...MAY_IMPORT_ALL])
  t.same(
    [...new Set(PRODUCTION.map(roomOf))].filter((room) => !known.has(room)),
    [],
  )
})

t.test('unit.ts is types alone', async (t) => {
  t.same(OURS.filter(({ from, isType }) => from === 'unit.ts' && !isType).map(said), [])
})

t.test('what tests use is never imported by production code', async (t) => {
  t.same(OURS.filter(({ to }) => isForTests(to)).map(said), [])
})

t.test('every import of ours is a file', async (t) => {
  const missing = IMPORTS.filter(({ to, isOurs }) => isOurs && !existsSync(join(SRC, to)))
  t.same(missing.map(said), [])
})

t.test('no file imports itself by way of others', async (t) => {
  const next = new Map(PRODUCTION.map((file) => [file, OURS.filter(({ from }) => from === file).map(({ to }) => to)]))
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (file: string, way: string[]): void => {
    if (way.includes(file)) cycles.push([...way.slice(way.indexOf(file)), file].join(' -> '))
    if (way.includes(file) || done.has(file)) return
    for (const to of next.get(file) ?? []) visit(to, [...way, file])
    done.add(file)
  }
  for (const file of PRODUCTION) visit(file, [])
  t.same(cycles, [])
})

/** Where each package may be imported in production: in a room, or in one file. */
const PACKAGES: Record<string, readonly string[]> = {
  '@fastify/swagger': ['http'],
  '@fastify/swagger-ui': ['http'],
  '@fastify/type-provider-typebox': ['app.ts', 'http'],
  // check looks at a copy of a database that may be too damaged for the store to open.
  'better-sqlite3': ['store', 'check/database-facts.ts'],
  'csv-parse': ['cli'],
  'drizzle-orm': ['store', 'check/database-facts.ts'],
  fastify: ['app.ts', 'http'],
  'ip-cidr': ['domain/prefix.ts'],
  'node-forge': ['ca'],
  '@fastify/ajv-compiler': ['http'],
  pino: ['agent', 'apply', 'serve', 'unit.ts'],
  'prom-client': ['metrics'],
  typebox: ['http'],
  // Its own file in each: http reads what is sent, cli what is typed.
  yaml: ['http/yaml.ts', 'cli/policy-file.ts'],
}

const FOREIGN = IMPORTS.filter(({ to, isOurs }) => !isOurs && !to.startsWith('node:'))
const PACKAGE = JSON.parse(read('../package.json'))

t.test('every package stays in its place', async (t) => {
  const wrong = FOREIGN.filter(({ from, to }) => {
    const places = PACKAGES[to] ?? []
    return !isForTests(from) && !places.includes(from) && !places.includes(roomOf(from))
  })
  t.same(wrong.map(said), [])
})

t.test('every package that is imported is declared', async (t) => {
  const wrong = FOREIGN.filter(({ from, to }) => {
    const isDeclared = to in PACKAGE.dependencies || (isForTests(from) && to in PACKAGE.devDependencies)
    return !isDeclared
  })
  t.same(wrong.map(said), [])
})

t.test('every dependency of production is imported by it', async (t) => {
  const used = new Set(FOREIGN.filter(({ from }) => !isForTests(from)).map(({ to }) => to))
  t.same(
    Object.keys(PACKAGE.dependencies).filter((name) => !used.has(name)),
    [],
  )
})

/** What is called by a command of package.json or script/, or read by the compiler. */
const TOOLS = ['@biomejs/biome', 'drizzle-kit', 'tap', 'typescript', '@types/node']

t.test('every dependency of development is a tool, imported by a test, or the types of another', async (t) => {
  const imported = new Set(FOREIGN.map(({ to }) => to))
  const isTypesOf = (name: string) => name.startsWith('@types/') && name.slice('@types/'.length) in PACKAGE.dependencies
  t.same(
    Object.keys(PACKAGE.devDependencies).filter(
      (name) => !TOOLS.includes(name) && !imported.has(name) && !isTypesOf(name),
    ),
    [],
  )
})

t.test('a module of Node’s own is imported by its whole name', async (t) => {
  t.same(FOREIGN.filter(({ to }) => builtinModules.includes(to)).map(said), [])
})

t.test('the environment is read in main.ts and nowhere else', async (t) => {
  const readers = PRODUCTION.filter((file) =>
    /\bprocess\s*(\.\s*env\b|\[)|\benv\b[^=]*\}\s*=\s*process\b/.test(read(file)),
  )
  t.same(readers, ['main.ts'])
})

t.test('the templates are read in render/ and nowhere else', async (t) => {
  const readers = PRODUCTION.filter((file) => /['"`/]templates\b/.test(read(file)))
  t.same(readers, ['render/fill.ts'])
})

/** Source files without a test of their own, and why. */
const WITHOUT_TEST: Record<string, string> = {
  'agent/agent-options.ts': 'types',
  'agent/link.ts': 'types',
  'domain/agent-feed.ts': 'types, and a list',
  'agent/management/commands.ts': 'a list',
  'agent/management/events.ts': 'types',
  'agent/management/replies/status-records.ts': 'types, and what two tested files share',
  'agent/management/session-options.ts': 'types',
  'domain/key-type.ts': 'a list',
  'domain/route-duty.ts': 'types, and two constants',
  'cli/wrong-usage.ts': 'a name; who throws it is tested',
  'provision/take-event.ts': 'every event is taken in take-events.test.ts',
  'http/policy-answer-schemas.ts': 'schemas; every answer is held against them in description.test.ts',
  'http/policy-schemas.ts': 'schemas; every answer is held against them in description.test.ts',
  'http/agent-schemas.ts':
    'schemas; what agents tell is attacked in app.test.ts, and held against them in agent.test.ts',
  'http/agent-state.ts': 'asked in agent.test.ts, beside what agents tell',
  'http/session-schemas.ts': 'schemas; every answer is held against them in description.test.ts',
  'apply/firewall/firewall-table.ts': 'what it does is seen in firewall-keeper.test.ts',
  'apply/refusal.ts': 'a name; who throws it is tested',
  'apply/start-refused.ts': 'a name; who throws it is tested',
  'home.ts': 'a path; every test that finds a template needs it',
  'setting-texts.ts': 'each is tried as its setting in settings.test.ts',
  'serve/start-error.ts': 'a name; who throws it is tested',
  'store/drizzle.ts': 'names of another package; every query is tested',
  'store/schema/certificates.ts': 'tables; their rules are tried in store/schema.test.ts',
  'store/schema/gateways.ts': 'tables; their rules are tried in store/schema.test.ts',
  'store/schema/policy.ts': 'tables; their rules are tried in store/schema.test.ts',
  'store/schema/sessions.ts': 'tables; their rules are tried in store/schema.test.ts',
  'store/schema/site.ts': 'tables; their rules are tried in store/schema.test.ts',
  'store/schema/time.ts': 'a type of a column; kept times are read in every test of the store',
  'unit.ts': 'a type',
}

t.test('every source file has a test beside it, or a reason', async (t) => {
  const testless = PRODUCTION.filter((file) => !FILES.includes(file.replace(/\.ts$/, '.test.ts')))
  t.same(
    testless.filter((file) => !(file in WITHOUT_TEST)),
    [],
  )
  t.same(
    Object.keys(WITHOUT_TEST).filter((file) => !testless.includes(file)),
    [],
    'no reason is out of date',
  )
})

t.test('this test sees the imports there are', async (t) => {
  t.ok(OURS.length > 200)
  const seen = (file: string) => importsOf(file).map(({ to }) => to)
  t.ok(['pino', 'publish/publisher.ts'].every((to) => seen('unit.ts').includes(to)))
  t.ok(
    ['serve/serve.ts', 'config.ts'].every((to) => seen('main.ts').includes(to)),
    'those of a call too',
  )
})
