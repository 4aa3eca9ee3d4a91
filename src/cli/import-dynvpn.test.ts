import { join } from 'node:path'
import t from 'tap'
import { openTestCli } from './testing/cli.ts'

const TEXT = 'john_doe allow_ssh allow_dns\njane_doe allow_dns\n'

t.test('members of dynVPN become members here, and a second time nothing is left to do', async (t) => {
  const { call, ask } = await openTestCli(t)
  const file = join(t.testdir({ acl_members: TEXT }), 'acl_members')
  await call('user add john-doe')
  t.match(await call(`policy import-dynvpn ${file}`), {
    exit: 1,
    err: 'nothing was imported:\n  line 2: there is no user jane-doe: see vpnunit user add, or --create-users\n',
  })
  const lines = `john_doe is called john-doe here
jane_doe is called jane-doe here
allow_ssh is called allow-ssh here
allow_dns is called allow-dns here
+ user jane-doe
+ group allow-ssh, without rules: see vpnunit group rule add
+ group allow-dns, without rules: see vpnunit group rule add
+ allow-ssh: member user:john-doe
+ allow-dns: member user:john-doe
+ allow-dns: member user:jane-doe
`
  const dry = await call(`policy import-dynvpn ${file} --create-users --dry-run`)
  t.equal(dry.out, `${lines}nothing was changed: this is what would be\n`)
  t.match((await ask('GET', '/groups')).body, { length: 0 })
  const done = await call(`policy import-dynvpn ${file} --create-users`)
  t.equal(done.out, `${lines}2 groups and 3 members added\n`)
  t.match((await ask('GET', '/policy')).body, {
    groups: { 'allow-dns': { members: ['user:jane-doe', 'user:john-doe'], rules: [], description: /dynVPN/ } },
  })
  t.match(await call(`policy import-dynvpn ${file}`), { exit: 0, out: /0 groups and 0 members added\n$/ })
})

t.test('what is there stays', async (t) => {
  const { call, ask } = await openTestCli(t)
  const file = join(t.testdir({ acl_members: TEXT }), 'acl_members')
  for (const line of ['user add ada', 'group add allow-ssh', 'group add-member allow-ssh ada']) await call(line)
  await call('group rule add allow-ssh allow from any --protocol tcp --ports 22')
  await call(`policy import-dynvpn ${file} --create-users`)
  t.match((await ask('GET', '/policy')).body, {
    groups: { 'allow-ssh': { members: ['user:ada', 'user:john-doe'], rules: [{ ports: ['22'] }] } },
  })
})
