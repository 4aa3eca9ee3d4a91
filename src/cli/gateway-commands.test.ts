import t from 'tap'
import { callerOf, openTestCli } from './testing/cli.ts'

t.test('a gateway is added, listed, shown, disabled, enabled and removed', async (t) => {
  const { call, unit } = await openTestCli(t)
  await call('user add ada')
  const added = await call('gateway add gw.example.org --user ada')
  t.match(added, {
    exit: 0,
    err: '',
    out: /^name +gw\.example\.org\nuser +ada\nslot +0\nprefix +2001:470:c844:200::\/60\n/,
  })
  t.match(added.out, '\nnetworks        2001:470:c844:200::/64 to 2001:470:c844:20f::/64\n')
  t.match(added.out, /\ncertificate {5}[0-9a-f]{32}, ec-p256, valid\nends {12}2028-06-03T12:00:00Z\n/)
  t.equal((await call('gateway show gw.example.org')).out, added.out)
  t.equal(
    (await call('gateway list')).out,
    'NAME            USER  SLOT  PREFIX                  ENDS                  CERTIFICATE  DISABLED\n' +
      'gw.example.org  ada   0     2001:470:c844:200::/60  2028-06-03T12:00:00Z  valid        no\n',
  )
  t.match((await call('gateway disable gw.example.org')).out, '\ndisabled        yes\n')
  t.match((await call('gateway enable gw.example.org')).out, '\ndisabled        no\n')
  await call('user disable ada')
  t.match((await call('gateway show gw.example.org')).out, '\ndisabled        yes, with its user\n')
  const { serial } = unit.store.gateways.list({ after: '', limit: -1 })[0] ?? {}
  const removed = await call('gateway remove gw.example.org')
  t.match(removed, { exit: 0, err: '', out: `removed          gw.example.org\nrevoked          ${serial}\n` })
  t.match(removed.out, /\nrevocation list {2}number 2\nnotice {11}New handshakes are refused/)
  t.match((await call('gateway list')).out, /^NAME[^\n]*\n$/)
})

t.test('--json prints what the API answers, to the letter', async (t) => {
  const { call, ask } = await openTestCli(t)
  await call('user add ada')
  const added = await call('gateway add gw.example.org --user ada --json')
  const { text } = await ask('GET', '/gateway/gw.example.org')
  t.equal(added.out, `${text}\n`)
  t.equal((await call('gateway show gw.example.org --json')).out, `${text}\n`)
  t.equal((await call('gateway list --json')).out, `${(await ask('GET', '/gateways')).text}\n`)
  t.match(JSON.parse((await call('gateway remove gw.example.org --json')).out), {
    gateway: 'gw.example.org',
    crlNumber: 2,
  })
})

t.test('an addition takes slot and key type, and may be repeated for the same', async (t) => {
  const { call } = await openTestCli(t)
  await call('user add ada')
  await call('user add eve')
  const line = 'gateway add gw.example.org --user ada --slot 5 --key-type ed25519'
  t.match(await call(line), { exit: 0, out: /slot +5\n(.*\n)*.*, ed25519, valid/ })
  t.match(await call(line), { exit: 1, err: 'There is a gateway "gw.example.org" already.' })
  t.match(await call(`${line} --if-missing`), { exit: 0, out: 'gw.example.org' })
  t.match(await call('gateway add gw.example.org --user ada --if-missing'), { exit: 0 })
  t.match(await call('gateway add gw.example.org --user eve --if-missing'), {
    exit: 1,
    err: 'It differs: its user is ada, not eve.',
  })
  t.match(await call('gateway add gw.example.org --user ada --slot 4 --if-missing'), {
    exit: 1,
    err: 'It differs: its slot is 5, not 4.',
  })
  t.match(await call('gateway add two.example.org --user ada --slot 5'), {
    exit: 1,
    err: "Slot 5 of ada is gw.example.org's",
  })
})

t.test('a list is of one user, or of what ends before a day or time', async (t) => {
  const { call } = await openTestCli(t)
  for (const user of ['ada', 'eve']) {
    await call(`user add ${user}`)
    await call(`gateway add gw.${user}.example.org --user ${user}`)
  }
  const names = async (options: string) => {
    const { exit, out } = await call(`gateway list ${options}`)
    t.equal(exit, 0, options)
    return out
      .split('\n')
      .slice(1, -1)
      .map((line) => line.split(' ')[0])
  }
  t.same(await names(''), ['gw.ada.example.org', 'gw.eve.example.org'])
  t.same(await names('--user eve'), ['gw.eve.example.org'])
  t.same(await names('--expires-before 2028-06-03'), [], 'a day begins at midnight')
  t.same((await names('--expires-before 2028-06-04')).length, 2)
  t.same((await names('--expires-before 2028-06-03T12:00:01Z --user ada')).length, 1)
  t.match(await call('gateway list --user nobody'), { exit: 1, err: 'There is no user "nobody"' })
})

t.test('a removal may be repeated', async (t) => {
  const { call } = await openTestCli(t)
  t.match(await call('gateway remove gw.example.org'), { exit: 1, err: 'There is no gateway "gw.example.org"' })
  t.same(await call('gateway remove gw.example.org --if-present'), { exit: 0, out: '', err: '', bar: '' })
})

for (const [line, words] of Object.entries({
  'gateway add': 'gateway add takes <fqdn> --user <name>, or --from <file>; see vpnunit gateway add --help\n',
  'gateway add gw.example.org': 'gateway add takes <fqdn> --user <name>, or --from <file>; see',
  'gateway add gw.example.org --from x.csv': 'takes a name or --from, not both',
  'gateway add --from x.csv --user ada': 'takes --user or --from, not both: the file has a column for it',
  'gateway add --from x.csv --key-type ed25519': 'takes --key-type or --from, not both',
  'gateway add gw.example.org --user ada --slot f': '--slot must be a whole number, not "f"',
  'gateway add gw.example.org --user ada --key-type dsa': 'takes one of ec-p256, ec-p384',
  'gateway show': 'gateway show takes <fqdn>, and was given none',
})) {
  t.test(`wrong usage: ${line}`, async (t) => {
    t.match(await callerOf('unix:/nowhere')(line), { exit: 2, out: '', err: words })
  })
}

t.test('a name that is none goes no further than the service', async (t) => {
  const { call } = await openTestCli(t)
  for (const name of ['GW.example.org', '../gateways', 'gw.example.org/config', 'gw?x', '\u001b[2J.org']) {
    for (const verb of ['show', 'remove', 'disable', 'config', 'renew', 'certificates']) {
      const { exit, out, err } = await call(`gateway ${verb} ${name}`)
      t.same({ exit, out }, { exit: 1, out: '' }, `${verb} ${name}`)
      t.match(err, /^.* is not a gateway name: .*\n$/)
      t.notMatch(err.slice(0, -1), /\p{Cc}/u)
    }
  }
})
