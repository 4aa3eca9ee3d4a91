import { inspect } from 'node:util'
import t from 'tap'
import { ManagementEnv } from './env.ts'

const PASSWORD = 'p=1,2 "x"'
const env = new ManagementEnv([
  'a=1',
  `password=${PASSWORD}`,
  'b=x=y,z ',
  'c',
  'd=',
  'a=2',
  '__proto__=e',
  Buffer.from('u=ü').toString('latin1'),
])

t.test('a value is all that follows the first =', async (t) => {
  t.equal(env.get('b'), 'x=y,z ')
  t.equal(env.get('c'), '')
  t.equal(env.get('d'), '')
  t.equal(env.get('u'), 'ü')
  t.equal(env.get('__proto__'), 'e')
  t.equal(env.get('constructor'), undefined)
  t.same([...env.values.keys()], ['a', 'b', 'c', 'd', '__proto__', 'u'])
})

t.test('a value looked up is that of the map, before the map is made and after', async (t) => {
  const make = () => new ManagementEnv(['a=1', 'b=x=y', 'c', 'password=p', 'common_name=gwa', 'a=2', 'n=\xc3\xbc'])
  const mapped = make()
  t.equal(mapped.values.size, 5)
  for (const name of ['a', 'b', 'b=x', 'c', 'password', 'common_name', 'common', 'n', '', '=', 'ü']) {
    t.equal(make().get(name), mapped.get(name), name)
  }
})

t.test('the first of two values counts, and both are told of', async (t) => {
  t.equal(env.get('a'), '1')
  t.same(env.repeated, ['a'])
})

t.test('the password has a place of its own, from which it is not printed', async (t) => {
  t.equal(env.password?.reveal(), PASSWORD)
  t.equal(env.get('password'), undefined)
  const lazy = new ManagementEnv([`password=${PASSWORD}`])
  for (const one of [env, lazy]) {
    for (const text of [inspect({ one }, { depth: 9, showHidden: true }), JSON.stringify(one), `${one}`]) {
      t.notMatch(text, 'p=1')
    }
  }
  t.equal(new ManagementEnv(['a=b']).password, undefined)
  t.equal(new ManagementEnv([]).values.size, 0)
})
