import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { HOME } from '../home.ts'
import { run } from './lab/exec.ts'
import type { Namespace } from './lab/namespaces.ts'
import { HANDSHAKE_MS, startClient, waitUntilUp } from './lab/openvpn.ts'
import { Running } from './lab/process.ts'
import { reasonToSkip } from './lab/requirements.ts'
import { type GatewayBody, Service } from './lab/service.ts'
import { temporaryFolder } from './lab/temporary-folder.ts'
import { SERVER_NAME, Topology } from './lab/topology.ts'
import { type Owner, undoAtEnd } from './lab/undo.ts'
import { until } from './lab/until.ts'

const skip = reasonToSkip('openvpn', 'setpriv', 'sysctl') ?? false
t.setTimeout(180_000)

const NAME = 'gw.ada.example.org'

/** The service of two instances, its sockets in a folder of the given name, and the network around it. */
async function makeNetwork(owner: Owner, runName: string) {
  const folder = temporaryFolder(owner)
  const data = join(folder, 'data')
  const runFolder = join(folder, runName)
  const settings = { VPNUNIT_REMOTE: `${SERVER_NAME} 1194 udp`, VPNUNIT_INSTANCES: '0 1', VPNUNIT_RUN: runFolder }
  const [service, topology] = await Promise.all([Service.start(owner, data, settings), Topology.make(owner)])
  mkdirSync(runFolder, { recursive: true, mode: 0o750 })
  await service.request('POST', '/users', { name: 'ada' })
  const { body } = await service.request<GatewayBody>('POST', '/gateways', { name: NAME, user: 'ada' })
  const profile = join(folder, 'gw.ovpn')
  writeFileSync(profile, (await service.request('GET', `/gateway/${NAME}/config`)).text)
  return { data, runFolder, topology, profile, gateway: body }
}

const wordsOf = (data: string, instance: number) => [
  '--cd',
  join(data, 'ovpn'),
  '--config',
  `instance-${instance}.conf`,
]

function startInstance(owner: Owner, namespace: Namespace, data: string, instance: number): Running {
  return Running.start(owner, 'openvpn', wordsOf(data, instance), { namespace })
}

/** The management interface of an instance, as far as this test needs one. */
async function openManagement(owner: Owner, path: string) {
  await until(`${path} is there`, HANDSHAKE_MS, () => existsSync(path))
  const socket = connect(path).setEncoding('utf8')
  const management = { said: '', write: (text: string) => void socket.write(text) }
  socket.on('error', () => undefined)
  socket.on('data', (chunk) => {
    management.said += chunk
  })
  undoAtEnd(
    owner,
    async () => void socket.destroy(),
    () => socket.destroy(),
  )
  const told = (pattern: RegExp) => until(`OpenVPN tells ${pattern}`, HANDSHAKE_MS, () => pattern.test(management.said))
  return { ...management, said: () => management.said, told }
}

const answer = ({ address, prefix }: GatewayBody) =>
  ['client-auth 0 1', `ifconfig-ipv6-push ${address}/112`, `iroute-ipv6 ${prefix}`, 'END', ''].join('\n')

t.test(
  'OpenVPN starts with what is published, waits for the agent, and lets in whom that lets in',
  { skip },
  async (t) => {
    const { data, runFolder, topology, profile, gateway } = await makeNetwork(t, 'data/run')
    const servers = [0, 1].map((instance) => startInstance(t, topology.server, data, instance))
    const managements = await Promise.all(
      [0, 1].map((instance) => openManagement(t, join(runFolder, `management-${instance}.sock`))),
    )
    for (const { told } of managements) await told(/^>HOLD:/m)
    const guest = await topology.addGuest(4)
    const client = startClient(t, guest, profile)
    await client.waitFor(/remote.* \[AF_INET\]/, HANDSHAKE_MS)
    for (const { write } of managements) write('hold release\n')
    for (const server of servers) await server.waitFor(/Initialization Sequence Completed$/m, HANDSHAKE_MS)
    const isAsked = ({ said }: { said: () => string }) => /^>CLIENT:CONNECT,0,1/m.test(said())
    await until('one of them is asked', HANDSHAKE_MS, () => managements.some(isAsked))
    managements.find(isAsked)?.write(answer(gateway))
    await waitUntilUp(client)
    t.match(await guest.run('ip', ['-6', 'addr', 'show', 'dev', 'tun0']), `${gateway.address}/112`)
    const addresses = await topology.server.run('ip', ['-6', '-o', 'addr', 'show'])
    t.match(addresses, /tun0 +inet6 2001:470:c844::1\/64/)
    t.match(addresses, /tun1 +inet6 2001:470:c844:1::1\/64/)
  },
)

t.test('a socket that a crash left is no obstacle, nor a folder with blanks and quotes', { skip }, async (t) => {
  const { data, runFolder, topology } = await makeNetwork(t, 'a "run" \\ folder')
  const path = join(runFolder, 'management-1.sock')
  const first = startInstance(t, topology.server, data, 1)
  await (await openManagement(t, path)).told(/^>HOLD:/m)
  await first.kill()
  t.ok(existsSync(path))
  const second = startInstance(t, topology.server, data, 1)
  await second.waitFor(/MANAGEMENT: unix domain socket listening/, HANDSHAKE_MS)
  const { told, write } = await openManagement(t, path)
  await told(/^>HOLD:/m)
  write('hold release\n')
  await second.waitFor(/Initialization Sequence Completed$/m, HANDSHAKE_MS)
})

t.test('the rights that its unit gives are enough, over files that are another user’s', { skip }, async (t) => {
  const { data, runFolder, topology } = await makeNetwork(t, 'run')
  chmodSync(runFolder, 0o3770)
  await run('chown', ['-R', '54321:54321', join(data, 'ovpn'), join(data, 'pki')])
  const unit = readFileSync(join(HOME, 'docs/systemd/vpnunit-openvpn@.service'), 'utf8')
  const [, rights = ''] = /^CapabilityBoundingSet=(.*)$/m.exec(unit) ?? []
  const only = rights.toLowerCase().replaceAll('cap_', '+').replaceAll(' ', ',')
  const limits = [`--bounding-set=-all,${only}`, '--inh-caps=-all', '--no-new-privs']
  const words = [...limits, 'openvpn', ...wordsOf(data, 0)]
  const server = Running.start(t, 'setpriv', words, { namespace: topology.server })
  const { told, write } = await openManagement(t, join(runFolder, 'management-0.sock'))
  await told(/^>HOLD:/m)
  write('hold release\n')
  await server.waitFor(/Capabilities retained: CAP_NET_ADMIN/, HANDSHAKE_MS)
  await server.waitFor(/Initialization Sequence Completed$/m, HANDSHAKE_MS)
})
