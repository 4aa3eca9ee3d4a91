/**
 * What may arrive where a name, a number, a filter or a header belongs. No parser of a name takes any of these texts,
 * but for `constructor`, which is an ordinary user name and must be no more than that.
 */
export const NASTY_TEXTS: Readonly<Record<string, string>> = {
  'an empty text': '',
  'a blank': ' ',
  'a blank at the end': 'gw.example.org ',
  'a tab': '\t',
  'a line feed': '\n',
  'a second line': 'gw.example.org\npush "route 0.0.0.0 0.0.0.0"',
  'a carriage return': 'gw.example.org\r\n',
  'a NUL': 'gw.example.org\0',
  'an escape sequence': '\x1b[2Jgw.example.org',
  'a line separator': 'gw.example.org\u2028',
  'a quote': '"gw.example.org"',
  'an apostrophe': "gw'.example.org",
  'a backtick': '`id`',
  'a backslash': 'gw\\.example.org',
  'a dot': '.',
  'two dots': '..',
  'a path upwards': '../../etc/passwd',
  'an absolute path': '/etc/passwd',
  'a slash': '/',
  'a percent sign': '%',
  'an encoded line feed': '%0a',
  'an encoded NUL': '%00',
  'an encoded path upwards': '%2e%2e%2fetc%2fpasswd',
  'an overlong encoding': '%c0%ae%c0%ae',
  'an encoded surrogate': '%ed%a0%80',
  'a zone': '%eth0',
  'an address with a zone': 'fe80::1%eth0',
  '65 characters': `${'a'.repeat(53)}.example.org`,
  'a label of 64 characters': `${'a'.repeat(64)}.org`,
  'upper case': 'GW.EXAMPLE.ORG',
  'all digits': '1234567890123456',
  'digits as last label': 'gw.example.123',
  'an IPv4 address': '192.0.2.1',
  'a dot at the end': 'gw.example.org.',
  'a dot at the beginning': '.example.org',
  'a double dot': 'gw..example.org',
  'a hyphen at the beginning': '-gw.example.org',
  'a hyphen at the end': 'gw-.example.org',
  'an underscore': 'gw_1.example.org',
  'a wildcard': '*.example.org',
  'an umlaut': 'gw.exämple.org',
  'a Cyrillic look-alike': 'gw.ex\u0430mple.org',
  'a Kelvin sign, whose lower case is k': '\u212aw.example.org',
  'a right-to-left mark': 'gw\u200f.example.org',
  'an emoji': '🦊.example.org',
  'a lone surrogate': '\ud800.example.org',
  'a command': '$(id)',
  'a semicolon': 'gw;id',
  'a pipe': 'gw|id',
  'an ampersand': 'gw&id',
  'a directive': 'push "route"',
  'an inline block': '<ca>',
  'the end of an inline block': '</key>',
  'a slot of a template': '{{slot}}',
  'a piece of SQL': "x' or '1'='1",
  'the prototype': '__proto__',
  'the constructor': 'constructor',
  'not a number': 'NaN',
  'a megabyte': 'a'.repeat(1_000_000),
}

/** How deep what is nested is nested. */
const DEPTH = 10_000

/** Values that are no text, each as its JSON: some of them JSON.stringify can't write. */
export const NASTY_VALUES: Readonly<Record<string, string>> = {
  null: 'null',
  true: 'true',
  false: 'false',
  'a fraction': '1.5',
  'a negative number': '-1',
  'minus zero': '-0',
  'a number beyond all': '1e999',
  'a number beyond all integers': '99999999999999999999',
  'an empty array': '[]',
  'an array of one text': '["gw.example.org"]',
  'an empty object': '{}',
  'an object with a length': '{"length":1,"0":"a"}',
  'an object with a prototype': '{"__proto__":{"disabled":true}}',
  'arrays, 10,000 deep': '['.repeat(DEPTH) + ']'.repeat(DEPTH),
  'objects, 10,000 deep': `${'{"a":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)}`,
}

/** Bodies that are wrong whatever the call takes. */
export const NASTY_BODIES: Readonly<Record<string, string>> = {
  'a word': 'hello',
  'NaN, which is no JSON': 'NaN',
  'a number that is no JSON': '0x10',
  'half an object': '{"name":',
  'single quotes': "{'name':'ada'}",
  'a comment': '{} // comment',
  'a form': 'name=ada&number=2',
  'a raw NUL': '\0',
  'a raw line feed in a text': '{"name":"a\nb"}',
  'a prototype': '{"__proto__":{"disabled":true},"disabled":true}',
  'a constructor with a prototype': '{"constructor":{"prototype":{"disabled":true}},"disabled":true}',
  'more than a body may have': `"${'a'.repeat(1_000_000)}"`,
}

/** What spoils a body, given as JSON of an object, that is right without it. */
export const NASTY_CHANGES: Readonly<Record<string, (body: string) => string>> = {
  'an unknown field': (body) => withField(body, '"colour":"red"'),
  'an unknown field of any depth': (body) => withField(body, `"colour":${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`),
  'a field that differs in case': (body) => withField(body, '"Name":"ada"'),
  'the field __proto__': (body) => withField(body, '"__proto__":{}'),
  'the field constructor': (body) => withField(body, '"constructor":{"prototype":{}}'),
  'the field toString': (body) => withField(body, '"toString":"x"'),
  'an empty field': (body) => withField(body, '"":1'),
  'a field twice, wrong the second time': (body) =>
    withField(body, `"${Object.keys(JSON.parse(body))[0] ?? 'name'}":[]`),
  'a second object': (body) => `${body}${body}`,
  'an array around it': (body) => `[${body}]`,
  'a text around it': (body) => JSON.stringify(body),
  'no end': (body) => body.slice(0, -1),
  'a comma too many': (body) => `${body.slice(0, -1)},}`,
}

function withField(body: string, field: string): string {
  const inside = body.slice(1, -1).trim()
  return inside === '' ? `{${field}}` : `{${inside},${field}}`
}

/** Every octet of a text as %XX: what reaches a parser behind a URL as the very text. */
export function percentEncoded(text: string): string {
  return Buffer.from(text).toString('hex').replaceAll(/../g, '%$&')
}
