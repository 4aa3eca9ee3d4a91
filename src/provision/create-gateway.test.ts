import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { NAME as CSR_NAME, newRequest, requestPem } from '../ca/testing/request.ts'
import { type Fqdn, parseFqdn, parseUserName } from '../domain/names.ts'
import { openTestUnit } from '../testing/test-unit.ts'
import type { Unit } from '../unit.ts'
import { createGateway } from './create-gateway.ts'
import { createUser } from './create-user.ts'
import { deleteGateway } from './delete-gateway.ts'

const CALLER = { actor: 'test', requestId: 'r' }
const ADA = parseUserName('ada')
const fqdn = (n: number | string): Fqdn => parseFqdn(`g${n}.example.org`)
const key = { keyType: 'ec-p256' } as const

function make(unit: Unit, n: number | string, slot?: number) {
  return createGateway(unit, CALLER, { name: fqdn(n), user: ADA, slot, key })
}

async function unitWithAda(t: Parameters<typeof openTestUnit>[0]) {
  const opened = await openTestUnit(t)
  await createUser(opened.unit, CALLER, { name: ADA })
  return opened
}

t.test('a gateway gets the lowest free slot, its ccd file and its route', async (t) => {
  const { unit, folder } = await unitWithAda(t)
  const gateway = await make(unit, 0)
  t.match(gateway, { name: 'g0.example.org', user: 'ada', number: 2, slot: 0 })
  t.equal(
    readFileSync(join(folder, 'ovpn/clients/g0.example.org'), 'utf8'),
    `# rendered from the database by vpnunit, do not edit
ifconfig-ipv6-push 2001:470:c844:20f::1/112
iroute-ipv6 2001:470:c844:200::/60
push "route-ipv6 2000::/3"
`,
  )
  t.equal(
    readFileSync(join(folder, 'ip/routes'), 'utf8'),
    'unreachable 2001:470:c844::/48 metric 4096\n2001:470:c844:200::/60 dev tun0\n',
  )
})

t.test('sixteen of sixty-four gateways asked for at once are made, each in a slot of its own', async (t) => {
  const { unit, folder } = await unitWithAda(t)
  const outcomes = await Promise.allSettled(Array.from({ length: 64 }, (_, n) => make(unit, n)))
  const made = outcomes.filter((outcome) => outcome.status === 'fulfilled').map((outcome) => outcome.value)
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected').map((outcome) => outcome.reason)
  t.same(
    made.map((gateway) => gateway.slot).sort((a, b) => a - b),
    Array.from({ length: 16 }, (_, slot) => slot),
  )
  t.equal(refused.length, 48)
  for (const reason of refused) t.match(reason, { code: 'user-full' })
  t.equal(readFileSync(join(folder, 'ip/routes'), 'utf8').split('\n').length - 1, 17, 'the anchor and sixteen routes')
})

t.test('a name can be taken once, an explicit slot too', async (t) => {
  const { unit } = await unitWithAda(t)
  await make(unit, 'a', 7)
  await t.rejects(make(unit, 'a'), { code: 'gateway-exists' })
  await t.rejects(make(unit, 'b', 7), { code: 'slot-taken', extras: { slot: 7 } })
  t.match(await make(unit, 'b'), { slot: 0 })
})

t.test('a slot rests for a day after a removal, unless all others are taken or it is asked for', async (t) => {
  const { unit, clock } = await unitWithAda(t)
  await make(unit, 'a')
  await deleteGateway(unit, CALLER, fqdn('a'), () => undefined)
  t.match(await make(unit, 'b'), { slot: 1 }, 'slot 0 rests')
  for (let n = 2; n < 16; n++) await make(unit, n)
  t.match(await make(unit, 'c'), { slot: 0 }, 'there is no other')
  await deleteGateway(unit, CALLER, fqdn('b'), () => undefined)
  await deleteGateway(unit, CALLER, fqdn('2'), () => undefined)
  t.match(await make(unit, 'd', 2), { slot: 2 }, 'asked for')
  clock.advanceDays(1)
  t.match(await make(unit, 'e'), { slot: 1 }, 'rested')
})

t.test('a refusal leaves neither row nor file nor revision', async (t) => {
  const { unit } = await unitWithAda(t)
  const revision = unit.store.site.revision()
  const nobody = parseUserName('nobody')
  await t.rejects(createGateway(unit, CALLER, { name: fqdn(0), user: nobody, key }), { code: 'user-unknown' })
  t.equal(unit.store.site.revision(), revision)
  t.equal(unit.store.gateways.total(), 0)
})

t.test('the audit says whose gateway it is, in which slot, and with which certificate', async (t) => {
  const { unit } = await unitWithAda(t)
  const revision = unit.store.site.revision()
  const { serial } = await make(unit, 0, 7)
  const [row] = unit.store.audit.list(Number.MAX_SAFE_INTEGER, 1)
  t.match(row, { revision: revision + 1, ...CALLER, action: 'gateway.create', object: 'g0.example.org' })
  t.same(row?.detail, { user: 'ada', slot: 7, serial })
})

t.test('a gateway that made its key itself sends a request, and a wrong one makes no gateway', async (t) => {
  const { unit } = await unitWithAda(t)
  const name = parseFqdn(CSR_NAME)
  const create = (csr: string) => createGateway(unit, CALLER, { name, user: ADA, key: { csr } })
  for (const csr of ['', 'none', requestPem(newRequest()).replace('REQUEST', 'REQEST')]) {
    await t.rejects(create(csr), { code: 'bad-csr' })
  }
  t.equal(unit.store.gateways.total(), 0)
  const { serial } = await create(requestPem(newRequest()))
  t.match(unit.store.certificates.find(serial), { sealedKey: null, name })
})

t.test('when the authority has ended there are no new gateways', async (t) => {
  const { unit, clock } = await unitWithAda(t)
  clock.advanceDays(3652)
  await t.rejects(make(unit, 0), { code: 'authority-ended' })
  t.equal(unit.store.gateways.total(), 0)
})
