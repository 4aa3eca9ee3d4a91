import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { parseFqdn, parseUserName } from '../domain/names.ts'
import { createGateway } from '../provision/create-gateway.ts'
import { createGroup } from '../provision/create-group.ts'
import { createUser } from '../provision/create-user.ts'
import { forgetHost } from '../provision/host-reports.ts'
import { setMember } from '../provision/set-member.ts'
import { takeEvents } from '../provision/take-events.ts'
import { beginSession } from '../testing/host-report.ts'
import { any, CALLER, group, member } from '../testing/policy-unit.ts'
import { openTestUnit } from '../testing/test-unit.ts'

const ON = { VPNUNIT_SESSION_FILES: 'yes' }
const name = (slot: number) => `g${slot}.example.org`

async function open(t: Test, gateways: number, env: Record<string, string> = ON) {
  const opened = await openTestUnit(t, env)
  const { unit, logged } = opened
  const user = parseUserName('ada')
  await createUser(unit, CALLER, { name: user })
  for (let slot = 0; slot < gateways; slot++) {
    await createGateway(unit, CALLER, { name: parseFqdn(name(slot)), user, key: { keyType: 'ec-p256' } })
  }
  const { sessions } = unit.layout
  return {
    ...opened,
    sessions,
    begin: (slot: number, cid = slot, realAddress?: string) =>
      beginSession(unit, { gateway: name(slot), cid, ...(realAddress !== undefined && { realAddress }) }),
    end: (cid: number, first: number) =>
      takeEvents(unit, {
        host: 'vpn1',
        outbox: 'one',
        first,
        events: [
          {
            type: 'session-ended',
            at: '2026-03-01T12:10:00Z',
            reason: 'gone',
            instance: 0,
            generation: 'one',
            cid,
            bytesIn: 0,
            bytesOut: 0,
          },
        ],
      }),
    list: async () => {
      for (let turns = 0; turns < 10; turns++) await turn()
      return readdirSync(sessions).sort()
    },
    read: (slot: number) => JSON.parse(readFileSync(join(sessions, name(slot)), 'utf8')),
    faults: () => logged.filter(({ level }) => level === 50).length,
  }
}

t.test('a session has its file while it lives, which says whose it is', async (t) => {
  const { begin, end, list, read, sessions } = await open(t, 2)
  await begin(0)
  await begin(1)
  t.same(await list(), [name(0), name(1)])
  t.same(read(0), {
    gateway: name(0),
    user: 'ada',
    address: '2001:470:c844:20f::1',
    prefix: '2001:470:c844:200::/60',
    host: 'vpn1',
    instance: 0,
    realAddress: '[2001:db8::7]:40000',
    since: '2026-03-01T12:00:00Z',
    groups: [],
  })
  t.equal(statSync(join(sessions, name(0))).mode & 0o777, 0o644)
  t.equal(statSync(sessions).mode & 0o777, 0o755)
  await end(0, 2)
  t.same(await list(), [name(1)])
})

t.test('the file is of the newest session, until the last one ends', async (t) => {
  const { begin, end, list, read } = await open(t, 1)
  await begin(0, 0)
  await begin(0, 1, '[2001:db8::8]:40000')
  t.same(await list(), [name(0)])
  t.equal(read(0).realAddress, '[2001:db8::8]:40000')
  await end(1, 2)
  await list()
  t.equal(read(0).realAddress, '[2001:db8::7]:40000')
  await end(0, 3)
  t.same(await list(), [])
})

t.test('it follows the gateway’s groups, and goes with its host', async (t) => {
  const { unit, begin, list, read } = await open(t, 1)
  await createGroup(unit, CALLER, { name: group('ops'), description: '' })
  await begin(0)
  await setMember(unit, CALLER, group('ops'), member('user:ada'), true, any)
  await list()
  t.same(read(0).groups, ['ops'])
  await forgetHost(unit, CALLER, 'vpn1')
  t.same(await list(), [])
})

t.test('a start makes what is missing, and removes what is stray', async (t) => {
  const first = await open(t, 2)
  await first.begin(0)
  await first.begin(1)
  await first.close()
  const { sessions } = first
  rmSync(join(sessions, name(0)))
  for (const stray of ['gone.example.org', '.vpnunit-0123456789ab.tmp']) writeFileSync(join(sessions, stray), '{}')
  mkdirSync(join(sessions, 'somebody’s'))
  await openTestUnit(t, ON, first)
  t.same(await first.list(), [name(0), name(1), 'somebody’s'])
})

t.test('nothing is written where nobody asked for it, and what was written before goes', async (t) => {
  const first = await open(t, 1)
  await first.begin(0)
  t.same(await first.list(), [name(0)])
  await first.close()
  const second = await openTestUnit(t, {}, first)
  t.same(await first.list(), [])
  await beginSession(second.unit, { gateway: name(0), cid: 7 })
  t.same(await first.list(), [])
})

t.test('many that begin at once are written a few at a time, and all of them when it stops', async (t) => {
  const { unit, begin, list, sessions, close } = await open(t, 16)
  for (let slot = 0; slot < 16; slot++) await begin(slot)
  t.equal((await list()).length, 16)
  rmSync(sessions, { recursive: true })
  unit.publisher.sessionsChanged(Array.from({ length: 16 }, (_, slot) => name(slot)))
  await close()
  t.equal(readdirSync(sessions).length, 16)
})

t.test('a file that can’t be written delays no event and no other file, and is told of once', async (t) => {
  const { begin, list, sessions, faults, unit } = await open(t, 3)
  mkdirSync(join(sessions, name(0), 'in the way'), { recursive: true })
  await begin(0)
  await begin(1)
  await list()
  t.equal(unit.store.sessions.listLive().length, 2)
  t.equal(faults(), 1)
  unit.publisher.sessionsChanged([name(2)])
  await unit.publisher.close()
  t.same(await list(), [name(0), name(1)])
  t.equal(faults(), 1)
})
