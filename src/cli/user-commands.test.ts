import t from 'tap'
import { openTestCli } from './testing/cli.ts'

t.test('a user is added, listed, shown, disabled, enabled and removed', async (t) => {
  const { call } = await openTestCli(t)
  const facts = `name      ada
number    2 (02)
prefix    2001:470:c844:200::/56
gateways  0
disabled  no
created   2026-03-01T12:00:00Z
`
  t.same(await call('user add ada'), { exit: 0, out: facts, err: '', bar: '' })
  t.same((await call('user show ada')).out, facts)
  t.equal(
    (await call('user list')).out,
    'NAME  NUMBER  HEX  PREFIX                  GATEWAYS  DISABLED\nada   2       02   2001:470:c844:200::/56  0         no\n',
  )
  const disabled = facts.replace('disabled  no', 'disabled  yes')
  t.equal(
    (await call('user disable ada')).out,
    `${disabled}sessions  there is no agent that could end one: what is connected stays so\n`,
  )
  t.equal((await call('user enable ada')).out, facts)
  t.same(await call('user remove ada'), { exit: 0, out: '', err: '', bar: '' })
  t.equal((await call('user list')).out, 'NAME  NUMBER  HEX  PREFIX  GATEWAYS  DISABLED\n')
})

t.test('--json prints what the API answers, to the letter', async (t) => {
  const { call, ask } = await openTestCli(t)
  const added = await call('user add ada --json')
  const { text } = await ask('GET', '/users/ada')
  t.equal(added.out, `${text}\n`)
  t.equal((await call('user show ada --json')).out, `${text}\n`)
  t.equal((await call('user list --json')).out, `${(await ask('GET', '/users')).text}\n`)
  const disabled = JSON.parse((await call('user disable ada --json')).out)
  t.same(disabled.sessions, { sessionsEnded: 0, instances: [], notReached: [] })
  t.match((await ask('GET', '/users/ada')).body, { ...disabled, sessions: undefined })
  t.same(await call('user remove ada --json'), { exit: 0, out: '', err: '', bar: '' }, 'the answer is empty')
})

t.test('a number can be asked for, and is refused in the service’s words', async (t) => {
  const { call } = await openTestCli(t)
  t.match(await call('user add ada --number 7'), { exit: 0, out: '\nnumber    7 (07)\n' })
  t.same(await call('user add eve --number 7'), { exit: 1, out: '', err: "The number 7 is ada's.\n", bar: '' })
  t.match(await call('user add eve --number x'), { exit: 2, err: '--number must be a whole number, not "x"' })
})

t.test('an addition may be repeated, as long as it asks for the same', async (t) => {
  const { call } = await openTestCli(t)
  await call('user add ada')
  t.match(await call('user add ada'), { exit: 1, err: 'There is a user "ada" already.' })
  t.match(await call('user add ada --if-missing'), { exit: 0, out: 'name      ada\n' })
  t.match(await call('user add ada --if-missing --number 2'), { exit: 0 })
  t.match(await call('user add ada --if-missing --number 3'), { exit: 1, err: 'already. It differs' })
})

t.test('a removal may be repeated, and never takes gateways along', async (t) => {
  const { call } = await openTestCli(t)
  t.match(await call('user remove ada'), { exit: 1, err: 'There is no user "ada".' })
  t.same(await call('user remove ada --if-present'), { exit: 0, out: '', err: '', bar: '' })
  await call('user add ada')
  await call('gateway add gw.example.org --user ada')
  t.match(await call('user remove ada --if-present'), { exit: 1, err: 'ada still has 1 gateway: delete it first.' })
})

t.test('a name that is none goes no further than the service', async (t) => {
  const { call } = await openTestCli(t)
  for (const name of ['Ada', '../users', '%2e', 'ada?x=1', 'ä', '\u001b[2J']) {
    for (const verb of ['add', 'show', 'remove', 'disable']) {
      const { exit, out, err } = await call(`user ${verb} ${name}`)
      t.same({ exit, out }, { exit: 1, out: '' }, `${verb} ${name}`)
      t.match(err, /^.* is not a user name: .*\n$/)
      t.notMatch(err.slice(0, -1), /\p{Cc}/u)
    }
  }
})
