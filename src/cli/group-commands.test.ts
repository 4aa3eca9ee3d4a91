import t from 'tap'
import { openTestCli } from './testing/cli.ts'

t.test('a group is added, filled, listed and removed', async (t) => {
  const { call } = await openTestCli(t)
  await call('user add ada')
  await call('gateway add a.example.org --user ada')
  t.match(await call('group add ops --description operations'), {
    exit: 0,
    out: /^name +ops\ndescription +operations\n/,
  })
  t.same(await call('group add-member ops ada'), { exit: 0, out: 'user:ada is in ops now\n', err: '', bar: '' })
  t.match(await call('group add-member ops user:ada'), { exit: 0, out: 'user:ada was in ops already\n' })
  t.equal((await call('group add-member ops a.example.org --json')).out.includes('"gateway:a.example.org"'), true)
  t.equal((await call('group members ops')).out, 'KIND     NAME\ngateway  a.example.org\nuser     ada\n')
  t.equal((await call('group list')).out, 'NAME  MEMBERS  RULES  DESCRIPTION\nops   2        0      operations\n')
  t.match(await call('group show ops'), { exit: 0, out: /members +2/ })
  t.same(await call('group remove-member ops ada'), { exit: 0, out: 'ada is not in ops any more\n', err: '', bar: '' })
  t.match(await call('group remove-member ops ada'), { exit: 0, out: 'ada was not in ops\n' })
  t.match(await call('group remove-member ops ada --json'), { exit: 0, out: '' })
  t.same(await call('group remove ops'), { exit: 0, out: '', err: '', bar: '' })
  t.match(await call('group show ops'), { exit: 1, err: 'There is no group "ops".' })
})

t.test('what is repeated by a script is no fault where it says so', async (t) => {
  const { call } = await openTestCli(t)
  await call('group add ops')
  t.match(await call('group add ops'), { exit: 1, err: 'already' })
  t.match(await call('group add ops --if-missing'), { exit: 0, err: '' })
  t.match(await call('group add ops --description x --if-missing'), {
    exit: 1,
    err: 'It differs: its description is "", not x.',
  })
  t.match(await call('group remove dev --if-present'), { exit: 0, err: '' })
  t.match(await call('group add-member ops nobody'), { exit: 1, err: 'There is no user "nobody".' })
})
