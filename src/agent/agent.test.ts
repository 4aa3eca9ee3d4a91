import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { WantedRoute } from '../domain/route-duty.ts'
import { shortFolder } from '../testing/short-folder.ts'
import { Agent } from './agent.ts'
import { openApiChannel } from './api-channel.ts'
import { managementLinker } from './management-link.ts'
import { fakeLog } from './testing/fake-host.ts'
import { FakeOpenvpn, notification } from './testing/fake-openvpn.ts'
import { access, GATEWAY, SERIAL } from './testing/feed.ts'
import { StubService } from './testing/stub-service.ts'
import { until } from './testing/until.ts'

const KNOWN = { common_name: GATEWAY, tls_serial_hex_0: SERIAL.replaceAll(/..(?=.)/g, '$&:') }
const ROUTE = { prefix: '2001:470:c844:200::/60', device: 'tun0' }

async function make(t: Test) {
  const folder = shortFolder(t)
  const service = new StubService(join(folder, 'agent.sock'))
  service.set(GATEWAY, access())
  const openvpn = new FakeOpenvpn(join(folder, 'management-0.sock'))
  await service.start()
  await openvpn.start()
  t.teardown(async () => {
    await service.stop()
    await openvpn.stop()
  })
  return { folder, service, openvpn }
}

function start(t: Test, folder: string) {
  const routes: WantedRoute[][] = []
  let repair: (count: number) => void = () => undefined
  const agent = new Agent({
    hostName: 'vpn1',
    version: '1.0.0',
    folder: join(folder, 'agent'),
    run: folder,
    device: 'tun0',
    instances: [0, 1],
    log: fakeLog(),
    linker: managementLinker,
    channel: openApiChannel({ socket: join(folder, 'agent.sock') }, undefined),
    openRoutes: (onRepairs) => {
      repair = onRepairs
      return {
        setRoutes: (wanted) => routes.push(wanted),
        setPolicy: () => undefined,
        report: () => ({ wanted: 0, missing: 0, repairs: 0, fault: null, connected: true, firewall: undefined }),
        settled: async () => true,
        close: () => undefined,
      }
    },
  })
  agent.start()
  let isStopped = false
  const stop = async () => {
    if (!isStopped) await agent.stop()
    isStopped = true
  }
  t.teardown(stop)
  return { stop, routes, repair: (count: number) => repair(count) }
}

const knowsState = (service: StubService) =>
  until('the state', () => service.questions.at(-1)?.get('since') === String(service.revision))

t.test('a gateway connects, is told of, routed, and ended by an order', async (t) => {
  const { folder, service, openvpn } = await make(t)
  const { routes, repair } = start(t, folder)
  await knowsState(service)
  await until('no routes, as nobody is connected', () => routes.length === 1)
  openvpn.say(notification('CONNECT,0,1', KNOWN) + notification('ESTABLISHED,0', KNOWN))
  await until('a session', () => service.told('session-started').length === 1)
  t.same(routes, [[], [ROUTE]])
  repair(2)
  await until('a repair', () => service.told('routes-repaired')[0]?.count === 2)
  await until('a report', () => service.reports.at(-1)?.instances[0]?.sessions === 1)
  t.match(service.reports.at(-1), {
    version: '1.0.0',
    feed: 'stub-1',
    instances: [
      { instance: 0, connected: true, generation: '13942.1795261180' },
      { instance: 1, connected: false },
    ],
    routes: { connected: true },
  })

  openvpn.clients = [{ cid: 0, name: GATEWAY, address: '2001:470:c844:20f::1' }]
  openvpn.onCommand = (command) => {
    if (!command.startsWith('kill ')) return
    openvpn.clients = []
    openvpn.say(notification('DISCONNECT,0', { bytes_received: '5', bytes_sent: '6' }))
  }
  service.set(GATEWAY, undefined)
  service.order('withdraw', GATEWAY)
  await until('the order is done', () => service.told('order-done').length === 1)
  t.match(service.told('order-done')[0], { order: 1, instances: [{ instance: 0, found: 1, ended: 1, left: 0 }] })
  t.match(service.told('session-ended'), [{ bytesIn: 5, bytesOut: 6 }])
  t.same(routes.at(-1), [])
  t.equal(openvpn.asked('client-kill').length, 1, 'it is not ended twice')
})

t.test('with the service away it decides from its copy, and tells later, also after a restart', async (t) => {
  const { folder, service, openvpn } = await make(t)
  const first = start(t, folder)
  await knowsState(service)
  await service.stop()
  await first.stop()

  const second = start(t, folder)
  await until('the instance', () => openvpn.asked('status').length === 2)
  openvpn.say(notification('CONNECT,0,1', KNOWN) + notification('ESTABLISHED,0', KNOWN))
  await until('a route', () => second.routes.at(-1)?.length === 1)
  openvpn.clients = [{ cid: 0, name: GATEWAY, address: '2001:470:c844:20f::1' }]
  await second.stop()

  const third = start(t, folder)
  await until('its routes', () => third.routes.length === 1)
  t.same(third.routes, [[ROUTE]], 'the first word is the whole truth')
  await service.start()
  await until('the session', () => service.told('session-started').length > 0)
  t.ok(service.told('session-started').every(({ serial }) => serial === SERIAL))
  t.same(service.told('session-ended'), [])
})
