import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { ParserOutput } from './events.ts'
import { createParser, type ParserLimits } from './parser.ts'

const FOLDER = join(import.meta.dirname, 'testdata')
const RECORDED = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'))

/** A generator of numbers that is the same in every run (mulberry32). */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** What a stream says, with secrets laid open so that they are compared too. */
function read(bytes: Uint8Array, pieceLength: () => number, limits: Partial<ParserLimits> = {}): ParserOutput[] {
  const outputs: ParserOutput[] = []
  const parse = createParser((output) => outputs.push(output), limits)
  for (let at = 0; at < bytes.length; ) {
    const length = pieceLength()
    parse(bytes.subarray(at, at + length))
    at += length
  }
  return outputs
}

const text = (outputs: readonly ParserOutput[]) =>
  outputs.map((one) => JSON.stringify(one) + ('env' in one ? (one.env.password?.reveal() ?? '-') : '')).join('\n')
const readText = (lines: readonly string[], limits?: Partial<ParserLimits>) =>
  read(Buffer.from(`${lines.join('\r\n')}\r\n`), () => 1 << 20, limits)

for (const name of RECORDED) {
  t.test(`${name} says the same however it is cut`, async (t) => {
    const bytes = readFileSync(join(FOLDER, name))
    const whole = text(read(bytes, () => bytes.length))
    t.ok(text(read(bytes, () => 1)) === whole, 'byte by byte')
    for (let seed = 0; seed < 20; seed++) {
      const next = random(seed)
      t.ok(text(read(bytes, () => 1 + Math.floor(next() * 300))) === whole, `cut by seed ${seed}`)
    }
    t.notMatch(whole, /"type":"(unknown|malformed|line-too-long|notification-lost)"/)
  })
}

t.test('a recorded session has every notification that was sent, with its environment', async (t) => {
  const outputs = read(readFileSync(join(FOLDER, 'connect-reauth-kill.txt')), () => 4096)
  const [connect] = outputs.filter((one) => one.type === 'CLIENT:CONNECT')
  t.match(connect, { cid: 0, kid: 1 })
  t.equal(connect?.env.get('common_name'), 'gwa.ada.example.org')
  t.equal(connect?.env.get('IV_CIPHERS'), 'AES-256-GCM:AES-128-GCM:CHACHA20-POLY1305')
  t.equal(connect?.env.get('tls_id_0'), 'CN=gwa.ada.example.org')
  t.equal(connect?.env.password?.reveal(), '')
  t.same(connect?.env.repeated, [])
  const types = new Set(outputs.map(({ type }) => type))
  for (const type of [
    'CLIENT:REAUTH',
    'CLIENT:ESTABLISHED',
    'CLIENT:DISCONNECT',
    'CLIENT:ADDRESS',
    'BYTECOUNT_CLI',
  ] as const) {
    t.ok(types.has(type), type)
  }
})

t.test('a message between the lines of an environment is delivered, and the environment goes on', async (t) => {
  const [log, line, up] = readText([
    '>CLIENT:ESTABLISHED,1',
    '>CLIENT:ENV,a=b',
    '>LOG:1,I,x',
    'x',
    '>CLIENT:ENV,c=d',
    '>CLIENT:ENV,END',
  ])
  t.match([log, line], [{ type: 'LOG' }, { type: 'reply-line', text: 'x' }])
  t.same(up?.type === 'CLIENT:ESTABLISHED' && [...up.env.values], [
    ['a', 'b'],
    ['c', 'd'],
  ])
})

t.test('an environment that is cut off is never given to the next client', async (t) => {
  const [lost, next, ...more] = readText([
    '>CLIENT:CONNECT,1,1',
    '>CLIENT:ENV,common_name=a',
    '>CLIENT:CONNECT,2,1',
    '>CLIENT:ENV,username=b',
    '>CLIENT:ENV,END',
    '>CLIENT:ENV,END',
  ])
  t.same(lost, { type: 'notification-lost', why: 'cut', lost: { source: 'CLIENT', kind: 'CONNECT', cid: 1, kid: 1 } })
  t.match(next, { type: 'CLIENT:CONNECT', cid: 2 })
  t.equal(next?.type === 'CLIENT:CONNECT' && next.env.get('common_name'), undefined)
  t.match(more, [{ type: 'malformed', keyword: 'CLIENT' }])
})

t.test('an environment or a line that is too long is left away, and the client is told of', async (t) => {
  const lines = (middle: string[]) => [
    '>CLIENT:CONNECT,1,1',
    ...middle,
    '>CLIENT:ENV,x=y',
    '>CLIENT:ENV,END',
    '>INFO:on',
  ]
  const lost = { source: 'CLIENT', kind: 'CONNECT', cid: 1, kid: 1 }
  const many = Array.from({ length: 9 }, (_, index) => `>CLIENT:ENV,n${index}=1`)
  t.same(readText(lines(many), { maxEnvLines: 8 }), [
    { type: 'notification-lost', why: 'env-too-large', lost },
    { type: 'INFO', text: 'on' },
  ])
  t.same(readText(lines([`>CLIENT:ENV,a=${'b'.repeat(99)}`]), { maxLineBytes: 50 }), [
    { type: 'line-too-long', limitBytes: 50 },
    { type: 'notification-lost', why: 'line-too-long', lost },
    { type: 'INFO', text: 'on' },
  ])
})

t.test('what cannot be read is said to be so, without the value of an environment that is nobody’s', async (t) => {
  t.same(
    readText([
      '>NEWS:x',
      '>',
      '>LOG:x',
      '>constructor:ENV,x',
      '>CLIENT:CONNECT,a',
      '>CLIENT:ENV,password=secret',
      '>CLIENT:ENV,b=c',
      '>CLIENT:ENV,END',
    ]),
    [
      { type: 'unknown', keyword: 'NEWS', text: 'x' },
      { type: 'unknown', keyword: '', text: '' },
      { type: 'malformed', keyword: 'LOG', text: 'x' },
      { type: 'unknown', keyword: 'constructor', text: 'ENV,x' },
      { type: 'malformed', keyword: 'CLIENT', text: 'CONNECT,a' },
      { type: 'malformed', keyword: 'CLIENT', text: 'ENV,password=' },
    ],
  )
})

t.test('a device that goes up has an environment too', async (t) => {
  const [up] = readText(['>UPDOWN:UP', '>UPDOWN:ENV,dev=tun0', '>UPDOWN:ENV,END'])
  t.equal(up?.type === 'UPDOWN:UP' && up.env.get('dev'), 'tun0')
})

/** Pieces of which lines are made that are nearly right. */
const WORDS = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.txt'))
  .flatMap((name) => readFileSync(join(FOLDER, name), 'latin1').split(/(?<=[\r\n:,='])/))

t.test('a million lines of nonsense make events and never a throw', async (t) => {
  const next = random(1)
  let events = 0
  const parse = createParser((output) => {
    events += 1
    if ('env' in output) output.env.get('common_name')
  })
  const word = () => WORDS[Math.floor(next() * WORDS.length)] ?? ''
  const line = () =>
    `${['', '>', '>CLIENT:', '>CLIENT:ENV,'][Math.floor(next() * 4)]}${word()}${word()}${next() < 0.3 ? word() : ''}\n`
  for (let round = 0; round < 200; round++) {
    const lines = Buffer.from(Array.from({ length: 1000 }, line).join(''), 'latin1')
    // One byte of each is another, and each is given five times, cut elsewhere.
    for (let again = 0; again < 5; again++) {
      lines[Math.floor(next() * lines.length)] = Math.floor(next() * 256)
      const at = Math.floor(next() * lines.length)
      parse(lines.subarray(0, at))
      parse(lines.subarray(at))
    }
  }
  t.ok(events > 300_000, `${events} events`)
})

t.test('lines of real-time messages are handed on as they came, before what is made of them', async (t) => {
  const heard: string[] = []
  const parse = createParser(
    ({ type }) => heard.push(type),
    {},
    (line) => heard.push(line),
  )
  parse('SUCCESS: x\r\n>CLIENT:CONNECT,0,1\r\n>CLIENT:ENV,password=\u00e9\r\n>CLIENT:ENV,END\r\n>STATE:1,')
  const lines = ['>CLIENT:CONNECT,0,1', '>CLIENT:ENV,password=\xc3\xa9', '>CLIENT:ENV,END']
  t.same(heard, ['reply-line', ...lines, 'CLIENT:CONNECT'])
})
