import t from 'tap'
import { parseGatewayFile } from './gateway-file.ts'

const parse = (text: string) => parseGatewayFile(Buffer.from(text))

t.test('a file is lines of names and users, under a line that names the columns', async (t) => {
  t.same(parse('name,user\na.example.org,ada\nb.example.org,eve\n'), [
    { line: 2, name: 'a.example.org', user: 'ada' },
    { line: 3, name: 'b.example.org', user: 'eve' },
  ])
})

t.test('columns come in any order, slot and keyType may be empty', async (t) => {
  t.same(parse('keyType,slot,user,name\ned25519,15,ada,a.example.org\n,,ada,b.example.org\n'), [
    { line: 2, name: 'a.example.org', user: 'ada', slot: 15, keyType: 'ed25519' },
    { line: 3, name: 'b.example.org', user: 'ada' },
  ])
})

const wanted = [{ line: 2, name: 'a.example.org', user: 'ada', slot: 3 }]

for (const [what, bytes] of Object.entries({
  quotes: Buffer.from('"name","user","slot"\n"a.example.org","ada","3"\n'),
  'a byte order mark': Buffer.from('\ufeffname,user,slot\na.example.org,ada,3\n'),
  'lines that end as on Windows': Buffer.from('name,user,slot\r\na.example.org,ada,3\r\n'),
  'no end of the last line': Buffer.from('name,user,slot\na.example.org,ada,3'),
  semicolons: Buffer.from('name;user;slot\na.example.org;ada;3\n'),
  tabs: Buffer.from('name\tuser\tslot\na.example.org\tada\t3\n'),
  'blanks around': Buffer.from(' name , user ,slot \n a.example.org , ada , 3 \n'),
  'UTF-16, as spreadsheets write it': Buffer.from('\ufeffname\tuser\tslot\r\na.example.org\tada\t3\r\n', 'utf16le'),
  'empty lines at the end': Buffer.from('name,user,slot\na.example.org,ada,3\n\n,,\n'),
})) {
  t.test(`a file with ${what} is read`, async (t) => {
    t.same(parseGatewayFile(bytes), wanted)
  })
}

t.test('lines are counted as an editor counts them', async (t) => {
  t.same(
    parse('name,user\r\n\r\n\r\na.example.org,ada\r\n,\r\nb.example.org,ada').map(({ line }) => line),
    [4, 6],
  )
})

t.test('a file with nothing under its columns is a file of no gateways', async (t) => {
  t.same(parse('name,user\n'), [])
})

for (const [text, is] of Object.entries({
  '': 'it is ""',
  'name\na.example.org\n': 'it is "name"',
  'name,user,colour\n': 'it is "name,user,colour"',
  'name,user,name\n': 'it is "name,user,name"',
  'Name,User\n': 'it is "Name,User"',
  'a.example.org,ada\n': 'it is "a.example.org,ada"',
  '__proto__,name,user\n': 'it is "__proto__,name,user"',
})) {
  t.test(`columns that are not ours are refused: ${JSON.stringify(text)}`, async (t) => {
    const message = 'line 1 must name the columns, name and user, optionally slot and keyType; '
    t.throws(() => parse(text), { name: 'WrongUsage', message: message + is })
  })
}

for (const [what, [text, words]] of Object.entries({
  'a cell too many': ['name,user\na.example.org,ada,3\n', /no CSV: Invalid Record Length.* line 2$/],
  'a quote that does not end': ['name,user\n"a.example.org,ada\n', /no CSV: Quote Not Closed.* line 2/],
  'a quote in the middle': ['name,user\na"b,ada\n', /no CSV: Invalid Opening Quote/],
  'something that is no text': ['\0\0\0\u0001', /line 1 must name the columns/],
} as Record<string, [string, RegExp]>)) {
  t.test(`${what} is refused`, async (t) => {
    t.throws(() => parse(text), { name: 'WrongUsage', message: words })
  })
}

t.test('what the service would refuse in any case is said of all lines at once', async (t) => {
  const text = [
    'name,user,slot,keyType',
    'A.example.org,ada,,',
    'b.example.org,Ada,16,dsa',
    ',,1,',
    'c.example.org,ada,1.5,',
    'd.example.org,ada,2,',
    'e.example.org,ada,2,',
    'd.example.org,eve,,',
  ].join('\n')
  const { message } = t.throws(() => parse(text), { name: 'WrongUsage' }) as Error
  t.equal(
    message.replace(/(is not a (gateway|user) name): .*/g, '$1'),
    `nothing was created:
  line 2: "A.example.org" is not a gateway name
  line 3: "Ada" is not a user name
  line 3: the slot must be 0 to 15, not "16"
  line 3: the keyType must be one of ec-p256, ec-p384, ed25519, rsa-2048, rsa-3072, rsa-4096, not "dsa"
  line 4: "" is not a gateway name
  line 4: "" is not a user name
  line 5: the slot must be 0 to 15, not "1.5"
  line 7: "slot 2 of ada" is in line 6 already
  line 8: "d.example.org" is in line 6 already`,
  )
})

t.test('of very many faults the first are told, and how many there are', async (t) => {
  const lines = Array.from({ length: 600 }, (_, n) => `${n},ada`)
  const { message } = t.throws(() => parse(`name,user\n${lines.join('\n')}\n`)) as Error
  t.equal(message.split('\n').length, 22)
  t.match(message, /\n {2}and 580 more$/)
})

t.test('a fault repeats no control character', async (t) => {
  const { message } = t.throws(() => parse('name,user,slot\n"a\u001b[2J\nb",ada,"\u0007"\n')) as Error
  t.match(message, 'line 3: ')
  t.notMatch(message.replaceAll('\n', ''), /\p{Cc}/u)
})
