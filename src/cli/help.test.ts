import t from 'tap'
import type { Shape } from './command.ts'
import { helpOf, helpOfAll, helpOfGroup, listCommands } from './help.ts'
import { COMMANDS } from './run.ts'

const SHAPE: Shape = {
  words: ['thing', 'make'],
  operands: ['name'],
  meaning: 'make a thing',
  options: {
    colour: { meaning: 'its colour', value: 'c', choices: ['red', 'blue'], isNeeded: true },
    quick: { meaning: 'quickly' },
  },
  examples: ['vpnunit thing make x --colour red'],
}

t.test('the help of a command is usage, options, examples and exit codes', async (t) => {
  t.equal(
    helpOf(SHAPE),
    `thing make: make a thing

usage: vpnunit thing make <name> --colour <c> [options]

options:
  --colour <c>  its colour: red, blue
  --quick       quickly
  --help        print this

examples:
  vpnunit thing make x --colour red

exit code: 0 done, 1 refused, 2 wrong usage or settings, 3 the service can’t be reached
`,
  )
})

t.test('a group lists its commands and says how to go on', async (t) => {
  const text = helpOfGroup('thing', [SHAPE])
  t.match(
    text,
    /^usage: vpnunit thing <what>\n\n {2}thing make <name> {2}make a thing\n\n.*: vpnunit thing make --help\n$/,
  )
})

t.test('the whole help has every verb, every command, and the exit codes', async (t) => {
  const text = helpOfAll([SHAPE], COMMANDS)
  for (const { words } of [SHAPE, ...COMMANDS]) t.match(text, `\n  ${words.join(' ')} `)
  t.match(text, 'exit code: 0 done, 1 refused')
})

t.test('every command teaches by an example of its own that can be typed', async (t) => {
  for (const { words, options, examples } of COMMANDS) {
    const name = words.join(' ')
    t.ok(examples.length > 0, name)
    for (const example of examples) {
      t.match(example, `vpnunit ${name}`)
      for (const [, option = ''] of example.matchAll(/ --([a-z-]+)/g))
        t.ok(option in options, `${example}: --${option}`)
    }
  }
})

t.test('no line of help is wider than a terminal of 120 columns', async (t) => {
  const texts = [listCommands(COMMANDS), helpOfAll([], COMMANDS), ...COMMANDS.map(helpOf)]
  for (const line of texts.join('').split('\n')) t.ok(line.length <= 120, line)
})
