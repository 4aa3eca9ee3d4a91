import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import t from 'tap'
import { PROBLEM_CODES } from './domain/problem.ts'
import { HOME } from './home.ts'
import { PROBLEMS } from './http/problems.ts'
import { WARNING_CODES } from './http/warnings.ts'
import { SETTINGS } from './settings.ts'

const read = (file: string) => readFileSync(join(HOME, file), 'utf8')

const DOCUMENTS = [
  'README.md',
  'src/README.md',
  ...readdirSync(join(HOME, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file)),
]

/** What every occurrence of a pattern captures, with the document it stands in. */
function findAll(pattern: RegExp): { file: string; found: string }[] {
  return DOCUMENTS.flatMap((file) => [...read(file).matchAll(pattern)].map(([, found = '']) => ({ file, found })))
}

/** The rows of a document's tables, without the dashes below a head. */
function rowsOf(file: string): string[][] {
  const lines = read(file)
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
  return lines.map((line) => line.slice(2, -2).split(' | '))
}

/** What a heading is called in a link. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-')

const headingsOf = (text: string) => [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading)

t.test('docs/settings.md lists every setting with its default, and no other', async (t) => {
  const listed = rowsOf('docs/settings.md').slice(1)
  const wanted = Object.entries(SETTINGS).map(([name, { fallback }]) => [name, fallback ? `\`${fallback}\`` : '-'])
  t.same(
    listed.map(([name, fallback]) => [name, fallback]),
    wanted,
  )
  for (const [name = '', , meaning, example, ...more] of listed) t.ok(meaning && example && more.length === 0, name)
})

t.test('an example of a setting is one that the service takes', async (t) => {
  for (const [name = '', , , example = ''] of rowsOf('docs/settings.md').slice(1)) {
    const text = /^`(.*)`$/.exec(example)?.[1]
    const setting = Object.entries(SETTINGS).find(([known]) => known === name)?.[1]
    if (text !== undefined) t.doesNotThrow(() => setting?.parse(text), `${name}=${text}`)
  }
})

t.test('docs/problems.md lists every problem with its status, and no other', async (t) => {
  const listed = rowsOf('docs/problems.md').slice(1)
  const wanted = PROBLEM_CODES.map((code) => [code, `${PROBLEMS[code].status}`])
  t.same(
    listed.map(([code, status]) => [code, status]),
    wanted,
  )
  for (const [code = '', , when, remedy, ...more] of listed) t.ok(when && remedy && more.length === 0, code)
})

t.test('docs/troubleshooting.md has a section for every warning, and none for what is no warning', async (t) => {
  const [, warnings = ''] = read('docs/troubleshooting.md').split(/^# (?=Warnings$|Other trouble$)/m)
  const sections = warnings.split(/^## /m).slice(1)
  t.same(
    sections.map((section) => section.slice(0, section.indexOf('\n'))),
    WARNING_CODES,
  )
  for (const section of sections) t.ok(section.trim().split('\n').length > 2, `there is something below ${section}`)
})

t.test('every relative link leads to a file, and to a heading of it where it names one', async (t) => {
  const links = findAll(/\]\((?![a-z]+:)([^)\s]*)\)/g)
  t.ok(links.length > 20, 'links are found')
  for (const { file, found } of links) {
    const [path = '', anchor] = found.split('#')
    const target = path === '' ? file : relative(HOME, join(HOME, dirname(file), path))
    t.ok(existsSync(join(HOME, target)), `${file} links to ${found}`)
    if (anchor === undefined || !existsSync(join(HOME, target))) continue
    t.ok(headingsOf(read(target)).map(anchorOf).includes(anchor), `${file} links to ${found}, a heading`)
  }
})

t.test('docs/README.md leads to every document of docs/', async (t) => {
  const linked = [...read('docs/README.md').matchAll(/\]\(([^)#]*)\)/g)].map(([, path = '']) => join('docs', path))
  const missing = DOCUMENTS.filter((file) => file.startsWith('docs/') && file !== 'docs/README.md').filter(
    (file) => !linked.includes(file),
  )
  t.same(missing, [])
})

t.test('every script that a document names is there', async (t) => {
  const scripts = findAll(/\bscript\/([a-z-]+)/g)
  t.ok(scripts.length > 20, 'scripts are found')
  t.same(
    scripts.filter(({ found }) => !existsSync(join(HOME, 'script', found))),
    [],
  )
})

t.test('every test that a document names is there', async (t) => {
  const tests = readdirSync(join(HOME, 'src'), { recursive: true, encoding: 'utf8' })
  const named = findAll(/([\w/-]+\.test\.ts)\b/g)
  t.ok(named.length > 3, 'tests are found')
  t.same(
    named.filter(({ found }) => !tests.some((file) => join('/src', file).endsWith(join('/', found)))),
    [],
  )
})

t.test('every VPNUNIT_ name in a document is a setting', async (t) => {
  const known = [...Object.keys(SETTINGS), 'VPNUNIT_ENV_FILE']
  t.same(
    findAll(/\b(VPNUNIT_[A-Z_]*[A-Z])\b/g).filter(({ found }) => !known.includes(found)),
    [],
  )
})
