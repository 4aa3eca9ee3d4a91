import { inspect } from 'node:util'
import t from 'tap'
import { block, Command, plain, SUCCESS, understood } from './command.ts'

t.test('a command is its lines, and is not printed', async (t) => {
  const command = plain('password', '"Auth"', '"hunter2"')
  t.equal(command.text, 'password "Auth" "hunter2"\n')
  const printed = [inspect(command, { showHidden: true, depth: 9 }), JSON.stringify(command), `${command}`]
  for (const text of printed) t.notMatch(text, 'hunter2')
})

t.test('a block ends with END, and has none before', async (t) => {
  const command = new Command('x', block('x', ['a', '', 'END ']), SUCCESS)
  t.equal(command.text, 'x\na\n\nEND \nEND\n')
  t.equal(command.blockLines, 4)
  t.throws(() => block('x', ['END']), { code: 'bad-command' })
})

t.test('a line has at most 1,023 bytes, one that others follow 768', async (t) => {
  const long = (length: number) => 'a'.repeat(length)
  t.equal(new Command('x', [long(1023)], SUCCESS).isLong, true)
  t.equal(new Command('x', [long(768)], SUCCESS).isLong, false)
  t.throws(() => new Command('x', [long(1024)], SUCCESS), { code: 'bad-command' })
  t.throws(() => new Command('x', ['ü'.repeat(512)], SUCCESS), { code: 'bad-command' })
  t.doesNotThrow(() => new Command('x', [long(768), 'END'], SUCCESS))
  t.throws(() => new Command('x', [long(769), 'END'], SUCCESS), { code: 'bad-command' })
  t.throws(() => new Command('x', ['a\nb'], SUCCESS), { code: 'bad-command' })
})

t.test('what makes no sense is an error', async (t) => {
  t.equal(understood(0, ''), 0)
  t.throws(() => understood(undefined, 'x'), { code: 'bad-reply', text: 'x' })
})
