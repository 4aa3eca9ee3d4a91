import t from 'tap'
import { readWords } from './words.ts'

t.test('words are split as OpenVPN does', async (t) => {
  const cases: [string, string[]][] = [
    ['', []],
    ['  status   3 ', ['status', '3']],
    ['kill "a b" c', ['kill', 'a b', 'c']],
    [`kill 'a "b\\'`, ['kill', 'a "b\\']],
    ['kill a\\ b\\"c\\\\', ['kill', 'a b"c\\']],
    ['kill "a\\"b"', ['kill', 'a"b']],
    [`'st'ate`, ['st', 'ate']],
    ['""', ['']],
    ['# comment', []],
    ['log all # comment', ['log', 'all']],
    ['log;all', ['log;all']],
    ['a b c d e f g h i j k l m n o p q r', [...'abcdefghijklmnop']],
  ]
  for (const [line, words] of cases) t.same(readWords(line), { words }, line)
})

t.test('what cannot be read is said in its words', async (t) => {
  const faults = ['"unclosed', "kill 'x", 'kill a\\b', 'kill x\\', `kill ${'é'.repeat(129)}`].map(
    (line) => readWords(line).fault,
  )
  t.equal(faults[0], 'ERROR: Options error: No closing quotation (") in TCP:0')
  t.ok(faults.every((fault) => fault?.startsWith('ERROR: Options error: ')))
  t.same(readWords(`kill ${'é'.repeat(128)}`).words?.length, 2)
})
