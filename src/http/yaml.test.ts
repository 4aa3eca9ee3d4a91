import t from 'tap'
import { readYaml, writeYaml } from './yaml.ts'

t.test('what is written is read as it was', async (t) => {
  const value = { a: ['yes', 'no', '1e3', '0x10', '22', '- x', 'a: b', '#', '2001:db8::/32', ''], b: { c: 1, d: null } }
  t.strictSame(await readYaml(await writeYaml(value)), value)
  const same = ['x']
  t.notMatch(await writeYaml({ a: same, b: same }), '&', 'no reference that a person would have to follow')
})

t.test('a key is only a key', async (t) => {
  const read = (await readYaml('__proto__: {polluted: true}')) as object
  t.strictSame(Object.keys(read), ['__proto__'])
  t.equal(({} as { polluted?: boolean }).polluted, undefined)
})

t.test('what is no YAML, or more than it seems, is refused in one line', async (t) => {
  for (const text of ['a: [', 'a: 1\na: 2', '*x', '? [a]\n: b', `x: &x y\nz: [${'*x,'.repeat(5)}`]) {
    await t.rejects(readYaml(text), { code: 'bad-request', message: /^The body is no YAML: [^\n]+$/ }, text)
  }
})
