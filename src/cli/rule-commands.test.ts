import t from 'tap'
import { openTestCli } from './testing/cli.ts'

t.test('rules are added, listed with their positions and removed', async (t) => {
  const { call } = await openTestCli(t)
  await call('user add ada')
  await call('group add ops')
  await call('group add-member ops ada')
  await call('gateway add a.example.org --user ada')
  await call('group rule add ops allow from any')
  t.equal(
    (await call('group rule add ops deny to user:ada --protocol tcp --ports 22,8000-8100 --network f --position 1'))
      .out,
    `POSITION  ACTION  DIRECTION  PEER      PROTOCOL  PORTS         NETWORK
1         deny    to         user:ada  tcp       22,8000-8100  f
2         allow   from       any       any       -             -
`,
  )
  t.equal(
    (await call('gateway rules a.example.org')).out,
    `gateway                      a.example.org
groups                       ops
where no rule says anything  open

GROUP  POSITION  ACTION  DIRECTION  PEER      PROTOCOL  PORTS         NETWORK  VIA
ops    1         deny    to         user:ada  tcp       22,8000-8100  f        user:ada
ops    2         allow   from       any       any       -             -        user:ada
`,
  )
  t.match((await call('group rule remove ops 1')).out, /^POSITION.*\n1 +allow/)
  t.match(JSON.parse((await call('group rules ops --json')).out), [{ action: 'allow', peer: 'any' }])
})

t.test('what is wrong is said', async (t) => {
  const { call } = await openTestCli(t)
  await call('group add ops')
  t.match(await call('group rule add ops allow from everybody'), { exit: 1, err: '"everybody" is no peer' })
  t.match(await call('group rule add ops maybe from any'), { exit: 1, err: '<action> must be one of allow, deny.' })
  t.match(await call('group rule add ops allow from any --protocol sctp'), { exit: 2, err: 'takes one of tcp, udp' })
  t.match(await call('group rule remove ops x'), { exit: 1, err: '<position> must be 1 or more' })
  t.match(await call('group rule'), { exit: 2, err: /^group rule what\? There are\n {2}group rule add / })
  t.match(await call('group rule ad'), {
    exit: 2,
    err: /^there is no "group rule ad"\. There are\n {2}group rule add /,
  })
})
