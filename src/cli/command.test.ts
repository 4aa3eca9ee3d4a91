import t from 'tap'
import { describeOperands, numberIn, parseArguments, type Shape, show } from './command.ts'

const SHAPE: Shape = {
  words: ['thing', 'make'],
  operands: ['name', 'other?'],
  meaning: 'make a thing',
  options: {
    colour: { meaning: 'its colour', value: 'colour', choices: ['red', 'blue'] },
    size: { meaning: 'its size', value: 'n' },
    quick: { meaning: 'quickly' },
  },
  examples: [],
}

const parse = (line: string, shape = SHAPE) => parseArguments(shape, line.split(' ').filter(Boolean))

t.test('operands, values and switches come in any order, and a value behind "=" too', async (t) => {
  const { operands, values, switches } = parse('--quick a --colour red b --size=3')
  t.same(operands, ['a', 'b'])
  t.same(values, { colour: 'red', size: '3' })
  t.same([...switches], ['quick'])
})

const WRONG: Record<string, [line: string, words: string]> = {
  'a missing name': ['', 'thing make takes <name> [other], and was given none; see vpnunit thing make --help'],
  'a name too many': ['a b c', 'thing make takes <name> [other], and was given "a" "b" "c"; see'],
  'an unknown option': ['a --speed 3', "thing make is called wrong: unknown option '--speed'; see"],
  'an option without its value': [
    'a --size',
    "thing make is called wrong: option '--size <value>' argument missing; see",
  ],
  'a value that looks like an option': [
    'a --size --quick',
    "thing make is called wrong: option '--size' argument is amb",
  ],
  'a switch with a value': [
    'a --quick=1',
    "thing make is called wrong: option '--quick' does not take an argument; see",
  ],
  'a choice that there is not': ['a --colour green', 'takes one of red, blue for --colour, not "green"; see'],
}

for (const [what, [line, words]] of Object.entries(WRONG)) {
  t.test(`${what} is refused in one line, with the way to the help`, async (t) => {
    const message = new RegExp(`^[^\\n]*${words.replace(/[[\]<>]/g, '\\$&')}[^\\n]*$`)
    t.throws(() => parse(line), { name: 'WrongUsage', message })
  })
}

t.test('a name that is given to a command without one is refused', async (t) => {
  t.throws(() => parse('x', { ...SHAPE, operands: [] }), { message: 'takes no name, and was given "x"' })
})

t.test('an option that is needed is asked for', async (t) => {
  const shape = { ...SHAPE, options: { size: { meaning: '', value: 'n', isNeeded: true } } } as const
  t.throws(() => parse('a', shape), { message: 'thing make needs --size; see' })
  t.same(parse('a --size 1', shape).values, { size: '1' })
})

t.test('a call for help needs nothing else to be right', async (t) => {
  for (const line of ['--help', '-h', 'a b c --help', '--colour green --help']) {
    t.same([...parse(line).switches], ['help'], line)
  }
})

t.test('what follows -- is no option', async (t) => {
  t.same(parse('-- --quick').operands, ['--quick'])
})

t.test('operands are described as usage lines have them', async (t) => {
  t.equal(describeOperands(SHAPE), '<name> [other]')
})

t.test('a number is whole, or said not to be', async (t) => {
  t.equal(numberIn(parse('a --size 12'), 'size'), 12)
  t.equal(numberIn(parse('a'), 'size'), undefined)
  for (const text of ['-1', '1.5', '0x1', '1e3', 'many', '1234567890']) {
    t.throws(() => numberIn(parse(`a --size=${text}`), 'size'), {
      message: `--size must be a whole number, not "${text}"`,
    })
  }
})

t.test('an answer is shown as text, or as the very JSON', async (t) => {
  const printed: string[] = []
  const print = (text: string) => printed.push(text)
  const answer = { name: 'a\u009b', number: 1 }
  show({ switches: new Set(), print }, answer, ({ number }) => `number ${number}\n`)
  show({ switches: new Set(['json']), print }, answer, () => '')
  t.same(printed, ['number 1\n', '{"name":"a\\u009b","number":1}\n'])
})
