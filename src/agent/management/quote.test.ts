import t from 'tap'
import { checkText, count, MAX_WORD_BYTES, oneOf, quote } from './quote.ts'

/** What no line may carry, by whatever way it came. */
const NASTY = ['a\nb', 'a\rb', '\0', '\t', '\x7f', '\x1b[0m', '\ud800', 'x'.repeat(257), 'ü'.repeat(129)]

t.test('a word is quoted for OpenVPN’s lexer', async (t) => {
  t.equal(quote('x', 'foo"bar'), '"foo\\"bar"')
  t.equal(quote('x', "a\\b 'c' #;"), '"a\\\\b \'c\' #;"')
  t.equal(quote('x', ''), '""')
  t.equal(quote('x', 'ü€'), '"ü€"')
  t.equal(quote('x', '"'.repeat(MAX_WORD_BYTES)).length, 2 * MAX_WORD_BYTES + 2)
})

t.test('what would end a line, or is too long, is refused by name and not printed', async (t) => {
  for (const text of NASTY) {
    t.throws(() => quote('the secret', text), { code: 'bad-command', message: /^the secret (has|is) / })
    t.throws(() => checkText('x', text, 256), { code: 'bad-command' })
  }
  t.throws(() => quote('x', 'hunter2\n'), { message: /^((?!hunter2).)*$/ })
})

t.test('a number is whole and in its range', async (t) => {
  t.equal(count('x', 0), '0')
  t.equal(count('x', Number.MAX_SAFE_INTEGER), '9007199254740991')
  for (const bad of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '1' as unknown as number]) {
    t.throws(() => count('x', bad), { code: 'bad-command' })
  }
  t.throws(() => count('x', 11, 10), { code: 'bad-command' })
})

t.test('a word of a closed list is one of it', async (t) => {
  t.equal(oneOf('x', ['a', 'b'], 'a'), 'a')
  t.throws(() => oneOf('x', ['a', 'b'], 'c' as 'a'), { code: 'bad-command', message: 'x is none of a, b' })
})
