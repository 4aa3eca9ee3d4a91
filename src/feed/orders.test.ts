import t from 'tap'
import { parseFqdn } from '../domain/names.ts'
import { createOrders } from './orders.ts'

const A = parseFqdn('a.ada.example.org')
const FOUND = { instance: 0, found: 1, ended: 1, left: 0 }

t.test('an order is given to the hosts it is for, once, and answered by all of them', async (t) => {
  const orders = createOrders(60_000)
  const receipt = orders.place('withdraw', [A], { reachable: ['vpn1', 'vpn2'], silent: ['vpn3'] })
  t.same(orders.since('vpn1', 0), [{ number: 1, kind: 'withdraw', gateways: [A] }])
  t.same(orders.since('vpn1', 1), [])
  t.same(orders.since('vpn3', 0), [])
  orders.answer('vpn2', 1, { instances: [FOUND, { ...FOUND, instance: 1 }], notAsked: [3] })
  orders.answer('vpn2', 1, { instances: [], notAsked: [] })
  orders.answer('vpn9', 1, { instances: [FOUND], notAsked: [] })
  orders.answer('vpn1', 7, { instances: [FOUND], notAsked: [] })
  orders.answer('vpn1', 1, { instances: [{ ...FOUND, found: 0, ended: 0 }], notAsked: [] })
  t.same(await receipt, {
    instances: [
      { host: 'vpn2', ...FOUND },
      { host: 'vpn2', ...FOUND, instance: 1 },
      { host: 'vpn1', ...FOUND, found: 0, ended: 0 },
    ],
    notReached: ['vpn2/3', 'vpn3'],
  })
})

t.test('who does not answer in time is named', async (t) => {
  const orders = createOrders(5)
  const receipt = orders.place('disconnect', [A], { reachable: ['vpn1', 'vpn2'], silent: [] })
  orders.answer('vpn1', 1, { instances: [FOUND], notAsked: [] })
  t.same(await receipt, { instances: [{ host: 'vpn1', ...FOUND }], notReached: ['vpn2'] })
  t.same(orders.since('vpn2', 0), [{ number: 1, kind: 'disconnect', gateways: [A] }], 'it may still ask')
})

t.test('where no host is, nobody is waited for', async (t) => {
  const orders = createOrders(60_000)
  t.same(await orders.place('withdraw', [A], { reachable: [], silent: [] }), { instances: [], notReached: [] })
  t.equal(orders.last(), 1)
})
