import { basename } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { NASTY_TEXTS } from '../testing/nasty.ts'
import { parseFqdn, parseGroupName, parseTokenName, parseUserName, quote } from './names.ts'
import { Problem } from './problem.ts'

const FQDNS = [
  'gw.example.org',
  'a.b',
  '0.0a',
  '1.2.3.4a',
  'a-b.c-d',
  'a--b.example.org',
  'xn--bcher-kva.example',
  '3com.net',
  `${'a'.repeat(62)}.b`,
  `${'a.'.repeat(31)}ab`,
  'default.org',
]

for (const name of FQDNS) {
  t.test(`${name} is a gateway name`, async (t) => {
    t.equal(parseFqdn(name), name)
  })
}

const NO_FQDNS = {
  'each part between dots': [
    '.example.org',
    'gw..example.org',
    '-gw.example.org',
    'gw-.example.org',
    'gw.-example.org',
    'gw.example.org-',
    'gw_1.example.org',
    'gw.exam ple.org',
    ' gw.example.org',
    'gw.example.org ',
    'gw.example.org\n',
    'gw.example.org\ndisable',
    'gw\r.example.org',
    'gw\0.example.org',
    'gw.example.org\0',
    'gw\t.example.org',
    'g/w.example.org',
    '../../etc/passwd',
    'g\\w.example.org',
    'gw%eth0.example.org',
    'gw:1.example.org',
    '"gw".example.org',
    '$(reboot).example.org',
    '*.example.org',
    'gw.ünï.example.org',
    'gw。example.org',
    'gw.exam\u200dple.org',
    'gw.example.٣rg',
  ],
  'write it in lower case': ['GW.example.org', 'gw.example.ORG', 'gw.Éxample.org', 'DEFAULT'],
  'leave the dot at the end away': ['gw.example.org.', '.', '..', 'gw.', 'gw.example.org/..'],
  'it needs a domain': ['gw', '', 'localhost', 'default'],
  'its last part must not be all digits': ['1.2.3.4', 'gw.example.1', 'a.0'],
  'at most 64': [`${'a'.repeat(63)}.b`, `${'a.'.repeat(32)}b`, 'a'.repeat(100_000)],
}

for (const [rule, names] of Object.entries(NO_FQDNS)) {
  for (const name of names) {
    t.test(`${JSON.stringify(name.slice(0, 30))} is no gateway name: ${rule}`, async (t) => {
      t.throws(() => parseFqdn(name), { name: 'Problem', code: 'bad-name', message: rule })
    })
  }
}

t.test('a gateway name of 64 characters is one, of 65 is not', async (t) => {
  const name = `${'a'.repeat(52)}.example.org`
  t.equal(name.length, 64)
  t.equal(parseFqdn(name), name)
  t.throws(() => parseFqdn(`a${name}`), { code: 'bad-name', message: 'it has 65 characters' })
})

const USER_NAMES = ['a', 'ada', 'johndoe', 'x1', 'a-b', 'a-', `a${'b'.repeat(31)}`, 'root']

for (const name of USER_NAMES) {
  t.test(`${name} is a user name`, async (t) => {
    t.equal(parseUserName(name), name)
  })
}

const NO_USER_NAMES = [
  '',
  'Ada',
  'ADA',
  '1ada',
  '-ada',
  'ada lovelace',
  ' ada',
  'ada ',
  'ada\n',
  'ada\nbob',
  'ada\0',
  'ada.b',
  'ada_b',
  'ada/b',
  '..',
  'ada%eth0',
  '"ada"',
  "ada'",
  'adä',
  'аda',
  `a${'b'.repeat(32)}`,
  'a'.repeat(100_000),
  'constructor()',
]

for (const name of NO_USER_NAMES) {
  t.test(`${JSON.stringify(name.slice(0, 40))} is no user name`, async (t) => {
    t.throws(() => parseUserName(name), { name: 'Problem', code: 'bad-name', message: 'is not a user name' })
  })
}

t.test('nothing nasty is a name, but for a user who is called constructor', async (t) => {
  for (const [what, text] of Object.entries(NASTY_TEXTS)) {
    t.throws(() => parseFqdn(text), { code: 'bad-name' }, what)
    if (text !== 'constructor') t.throws(() => parseUserName(text), { code: 'bad-name' }, what)
  }
})

/** Texts that are near to names, and texts that are not. */
const anyText = fc.array(fc.nat(0xffff)).map((codes) => String.fromCharCode(...codes))
const nearly = fc.string({ unit: fc.constantFrom(...'az09-.A_\n/ '), maxLength: 70 })
const texts = fc.oneof(anyText, nearly)

/** What `parse` makes of a text: the name, or undefined for a refusal on one line. */
function outcome(parse: (text: string) => string, text: string): string | undefined {
  try {
    return parse(text)
  } catch (error) {
    if (error instanceof Problem && error.code === 'bad-name' && !/[\n\r\0]/.test(error.message)) return undefined
    throw error
  }
}

t.test('what is let in as a gateway name is safe as a file name, a common name and a word', async () => {
  fc.assert(
    fc.property(texts, (text) => {
      const name = outcome(parseFqdn, text)
      return name === undefined || (/^[a-z0-9][a-z0-9.-]{1,62}[a-z0-9]$/.test(name) && basename(name) === name)
    }),
    { numRuns: 2000 },
  )
})

t.test('every name that RFC 1123 makes of lower-case labels is let in', async () => {
  const edge = fc.constantFrom(...'abcxyz0189')
  const inner = fc.string({ unit: fc.constantFrom(...'abcxyz0189-'), maxLength: 12 })
  const label = fc.tuple(edge, inner, edge).map((parts) => parts.join(''))
  const labels = fc.array(label, { minLength: 1, maxLength: 3 })
  fc.assert(
    fc.property(labels, (parts) => {
      const name = [...parts, 'org'].join('.')
      return parseFqdn(name) === name
    }),
  )
})

t.test('what is let in as a user name begins with a letter and is one word', async () => {
  fc.assert(
    fc.property(texts, (text) => {
      const name = outcome(parseUserName, text)
      return name === undefined || (name.length <= 32 && /^[a-z]/.test(name) && !/[^a-z0-9-]/.test(name))
    }),
    { numRuns: 1000 },
  )
})

t.test('a group’s name is one as a user’s may be', async (t) => {
  for (const name of USER_NAMES) t.equal(parseGroupName(name), name)
  for (const name of NO_USER_NAMES) {
    t.throws(() => parseGroupName(name), { code: 'bad-name', message: 'is not a group name' }, name.slice(0, 40))
  }
})

t.test('a token’s name is one as a user’s may be, and twice as long', async (t) => {
  for (const name of ['a', 'prometheus', 'vpn-1', `a${'b'.repeat(63)}`]) t.equal(parseTokenName(name), name)
  for (const name of ['', 'A', '1a', '-a', 'a.b', 'a_b', 'a/b', 'a b', 'a\n', `a${'b'.repeat(64)}`]) {
    t.throws(() => parseTokenName(name), { code: 'bad-name', message: 'is not a token' }, name)
  }
  for (const [what, text] of Object.entries(NASTY_TEXTS)) {
    if (text !== 'constructor') t.throws(() => parseTokenName(text), { code: 'bad-name' }, what)
  }
})

t.test('a refusal says the name on one line, escaped and never long', async (t) => {
  t.equal(quote('gw'), '"gw"')
  t.equal(quote('a\nb\0"'), '"a\\nb\\u0000\\""')
  t.equal(quote('a'.repeat(80)), `"${'a'.repeat(80)}"`)
  t.equal(quote('a'.repeat(81)), `"${'a'.repeat(77)}..."`)
  t.equal(quote('\ud83d'), '"\\ud83d"', 'half of a pair')
})

t.test('a refusal repeats nothing that breaks a line, moves a cursor or turns the text around', async (t) => {
  const said = quote('a\u0085b\u2028c\u2029d\u202ee\u009bf\u007fg')
  t.match(said, /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u)
})
