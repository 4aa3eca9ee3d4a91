import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { fill, pem, quoted, readTemplate, word } from './fill.ts'

t.test('every slot gets its value, as often as it stands there', async (t) => {
  t.equal(fill('a {{x}} b {{y}} c {{x}}\n', { x: '1', y: '2' }), 'a 1 b 2 c 1\n')
  t.equal(fill('no slot\n', {}), 'no slot\n')
  t.equal(fill('{{x}}', { x: '' }), '', 'an empty value is one')
})

t.test('a slot without a value is an error', async (t) => {
  t.throws(() => fill('{{a}}', {}), { message: 'the template wants {{a}}' })
  t.throws(() => fill('{{a}} {{b}}', { a: '1' }), { message: 'the template wants {{b}}' })
})

t.test('a slot whose name every object knows is one like another', async (t) => {
  for (const slot of ['constructor', 'toString', 'valueOf']) t.throws(() => fill(`{{${slot}}}`, {}), Error, slot)
})

t.test('a value without a slot is an error', async (t) => {
  t.throws(() => fill('x', { a: '1' }), { message: 'the template has no slot for a' })
  t.throws(() => fill('{{b}}', { a: '1', b: '2', c: '3' }), { message: 'the template has no slot for a, c' })
})

t.test('what looks like a slot and is misspelt is an error', async (t) => {
  for (const slot of ['{{ a }}', '{{a1}}', '{{a_b}}']) t.throws(() => fill(`x ${slot}`, {}), Error, slot)
})

t.test('a value is put in as it is, whatever stands in it', async (t) => {
  for (const value of ['$&', '$1', '$$', '{{b}}', '{{a}}', '<ca>', 'a+b/c==', '&amp;', '\\n']) {
    t.equal(fill('[{{a}}]', { a: value }), `[${value}]`)
  }
})

const NO_WORDS = ['', ' ', 'a b', 'a\nb', 'a\n', '\na', 'a\r', 'a\tb', 'a\0', '"a"', "a'", 'a#b', 'a;b', 'a\\b', '$(a)']
const NO_WORDS_EITHER = ['`a`', '%eth0', 'a%b', '<ca>', 'a,b', 'a=b', 'ä', 'a\u2028b', '{{a}}', '*', '~', '!']

for (const value of [...NO_WORDS, ...NO_WORDS_EITHER]) {
  // A line separator would break a line of the report.
  t.test(`${JSON.stringify(value).replace('\u2028', '\\u2028')} is not one word`, async (t) => {
    t.throws(() => word(value), { message: `${JSON.stringify(value)} is not one word of a configuration` })
  })
}

t.test('names, addresses, networks, numbers and devices are words', async (t) => {
  for (const value of ['gw.example.org', '2001:470:c844::1', '2001:470:c844:200::/60', 'tun0', 'a_b', 'udp6']) {
    t.equal(word(value), value)
  }
  t.equal(word(1194), '1194')
})

t.test('no word has a character that a configuration reads as anything else', async () => {
  const anyText = fc.array(fc.nat(0x2fff), { maxLength: 6 }).map((codes) => String.fromCharCode(...codes))
  fc.assert(
    fc.property(fc.oneof(anyText, fc.string({ maxLength: 6 })), (text) => {
      try {
        return /^[^\s"'#;\\%$<>`\u0080-\uffff]+$/.test(word(text))
      } catch {
        return true
      }
    }),
    { numRuns: 1000 },
  )
})

const BLOCK = '-----BEGIN CERTIFICATE-----\nAZaz09+/==\n-----END CERTIFICATE-----'

t.test('a PEM text keeps every character but the end of its last line', async (t) => {
  t.equal(pem(`${BLOCK}\n`), BLOCK)
  t.equal(pem(`${BLOCK}\n${BLOCK}\n`), `${BLOCK}\n${BLOCK}`)
})

for (const [what, text] of Object.entries({
  nothing: '',
  'an empty line': '\n',
  'the end of the inline file': `${BLOCK}\n</ca>\n`,
  'a carriage return': BLOCK.replace('\n', '\r\n'),
  'a NUL': `${BLOCK}\0`,
  'a comment': `# mine\n${BLOCK}`,
  'a header': BLOCK.replace('\n', '\nProc-Type: 4,ENCRYPTED\n\n'),
  'a letter that is no base64': BLOCK.replace('AZ', 'Ä'),
})) {
  t.test(`${what} is no PEM text`, async (t) => {
    t.throws(() => pem(text), { message: 'this is no PEM text' })
  })
}

t.test('a wrong PEM text is not repeated: it may be a key', async (t) => {
  t.throws(() => pem('secret!'), { message: /^(?!.*secret)/ })
})

t.test('a quoted value is one word to OpenVPN', async (t) => {
  t.equal(quoted('../run/a.sock'), '../run/a.sock')
  t.equal(quoted('/run/a b'), '"/run/a b"')
  t.equal(quoted('"\\'), '"\\"\\\\"')
  for (const text of ['', 'a\nb', 'a\0', 'a\tb', '\u202ea']) {
    t.throws(() => quoted(text), { message: /can't stand in a configuration/ }, JSON.stringify(text))
  }
})

t.test('every template says first what it is, and ends with a line feed', async (t) => {
  const names = readdirSync(join(import.meta.dirname, '../../templates'))
  t.ok(names.includes('server.conf'))
  for (const name of names) {
    const text = readTemplate(name)
    t.match(
      text,
      /^# (rendered from the database by vpnunit, do not edit|vpnunit: the profile of \{\{name\}\}|vpnunit: network .+|Network f .+)\n/,
      name,
    )
    t.match(text, /[^\n]\n$/, name)
    t.notMatch(text, '\r', name)
  }
})
