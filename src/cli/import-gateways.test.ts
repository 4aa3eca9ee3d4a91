import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openTestCli, type TestCli } from './testing/cli.ts'

/** A file of gateways. */
function csv({ folder }: TestCli, lines: readonly string[]): string {
  const file = join(folder, '../gateways.csv')
  writeFileSync(file, `name,user,slot\n${lines.join('\n')}\n`)
  return file
}

/** Sixteen a user. */
const lineOf = (n: number) => `g${n}.example.org,u${Math.floor(n / 16)},`

async function addUsers({ ask }: TestCli, count: number): Promise<void> {
  await ask(
    'POST',
    '/users',
    Array.from({ length: count }, (_, n) => ({ name: `u${n}` })),
  )
}

t.test('a long file is created in pieces, and a second time nothing is', async (t) => {
  const cli = await openTestCli(t)
  await addUsers(cli, 34)
  const file = csv(
    cli,
    Array.from({ length: 530 }, (_, n) => lineOf(n)),
  )
  t.same(await cli.call(`gateway add --from ${file}`), {
    exit: 0,
    out: '530 created, 0 were there\n',
    err: '',
    bar: '',
  })
  t.equal(cli.unit.store.gateways.total(), 530)
  const revision = cli.unit.store.site.revision()
  t.same(await cli.call(`gateway add --from ${file}`), {
    exit: 0,
    out: '0 created, 530 were there\n',
    err: '',
    bar: '',
  })
  t.equal(cli.unit.store.site.revision(), revision, 'nothing was changed at all')
})

t.test('--json prints the gateways that were created, as the API answered', async (t) => {
  const cli = await openTestCli(t)
  await addUsers(cli, 2)
  await cli.call('gateway add g0.example.org --user u0')
  const file = csv(cli, [lineOf(0), lineOf(1), lineOf(17)])
  const { out } = await cli.call(`gateway add --from ${file} --json`)
  const shown = [
    (await cli.ask('GET', '/gateway/g1.example.org')).body,
    (await cli.ask('GET', '/gateway/g17.example.org')).body,
  ]
  t.equal(out, `${JSON.stringify(shown)}\n`)
  t.equal((await cli.call(`gateway add --from ${file} --json`)).out, '[]\n')
})

t.test('a bar shows how far it is, on a terminal', async (t) => {
  const cli = await openTestCli(t, { isTTY: true })
  await addUsers(cli, 3)
  const file = csv(
    cli,
    Array.from({ length: 40 }, (_, n) => lineOf(n)),
  )
  const { out, bar } = await cli.call(`gateway add --from ${file}`)
  t.equal(out, '40 created, 0 were there\n')
  t.match(bar, /^\r\[\.{30}\] 0 of 40\r\[#{18}\.{12}\] 25 of 40\r\[#{30}\] 40 of 40\n$/)
  t.equal((await cli.call(`gateway add --from ${file}`)).bar, '', 'there is no bar for nothing')
})

t.test('what contradicts the service is said by line, before anything is created', async (t) => {
  const cli = await openTestCli(t)
  await addUsers(cli, 2)
  await cli.call('gateway add a.example.org --user u0 --slot 3')
  await cli.call('gateway add b.example.org --user u1')
  const file = csv(cli, ['new.example.org,u0,', 'a.example.org,u0,4', 'b.example.org,u0,', 'c.example.org,nobody,'])
  const { exit, out, err } = await cli.call(`gateway add --from ${file}`)
  t.same({ exit, out }, { exit: 1, out: '' })
  t.equal(
    err,
    `nothing was created:
  line 3: a.example.org is there already, in slot 3
  line 4: b.example.org is there already, and is u1’s
  line 5: there is no user nobody; see vpnunit user add
`,
  )
  t.equal(cli.unit.store.gateways.total(), 2)
})

t.test('a fault in the middle names its line; mended, the same file goes on from there', async (t) => {
  const cli = await openTestCli(t, { isTTY: true })
  await addUsers(cli, 3)
  const lines = Array.from({ length: 40 }, (_, n) => lineOf(n))
  lines[30] = 'full.example.org,u0,'
  const refused = await cli.call(`gateway add --from ${csv(cli, lines)}`)
  t.match(refused, { exit: 1, out: '' })
  t.equal(
    refused.err,
    `lines 27 to 41 were not created:
  line 32: u0 has 16 gateways already, one in every slot.
25 were created before these; use the file again when it is mended: what is there is left alone
`,
  )
  t.match(refused.bar, /25 of 40\n$/, 'the complaint begins on a line of its own')
  t.equal(cli.unit.store.gateways.total(), 25)
  lines[30] = lineOf(30)
  t.match(await cli.call(`gateway add --from ${csv(cli, lines)}`), { exit: 0, out: '15 created, 25 were there\n' })
})

t.test('a file that is wrong in itself is wrong usage, and the service is not asked', async (t) => {
  const cli = await openTestCli(t)
  const { call, logged } = cli
  const before = logged.length
  t.match(await call(`gateway add --from ${csv(cli, ['A.example.org,u0,'])}`), {
    exit: 2,
    err: 'line 2: "A.example.org"',
  })
  t.match(await call('gateway add --from /nowhere/x.csv'), {
    exit: 2,
    err: "--from /nowhere/x.csv can't be read: ENOENT",
  })
  t.equal(logged.length, before)
})
