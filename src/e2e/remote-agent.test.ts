import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { run } from './lab/exec.ts'
import { ManagedHost } from './lab/managed-host.ts'
import { waitUntilUp } from './lab/openvpn.ts'
import { reasonToSkip } from './lab/requirements.ts'
import { temporaryFolder } from './lab/temporary-folder.ts'
import { ping } from './lab/topology.ts'

const A = 'a.ada.example.org'
const SOON_MS = 20_000

const skip = reasonToSkip('openvpn', 'openssl', 'ping') ?? false

t.setTimeout(120_000)

/** A port that was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

/** A certificate for localhost, signed by itself. */
async function makeCertificate(folder: string): Promise<{ certificate: string; key: string }> {
  const [certificate, key] = [join(folder, 'api.crt'), join(folder, 'api.key')]
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  await run('openssl', ['req', ...kind, ...names, '-keyout', key, '-out', certificate])
  return { certificate, key }
}

t.test('an agent elsewhere follows the service over TLS, with a token of its own host', { skip }, async (t) => {
  const folder = temporaryFolder(t)
  const [{ certificate, key }, port] = [await makeCertificate(folder), await freePort()]
  const tls = { VPNUNIT_TLS_CERT: certificate, VPNUNIT_TLS_KEY: key, VPNUNIT_PORT: String(port) }
  const vpn = await ManagedHost.make(t, tls)
  const a = await vpn.connectSite(4, await vpn.addGateway(A, 'ada'))
  await vpn.agent.stop()
  const { token } = await vpn.ask<{ token: string }>('POST', '/tokens', { name: 'vpn1', scope: 'agent:vpn1' })
  const file = join(folder, 'token')
  writeFileSync(file, `${token}\n`, { mode: 0o600 })
  const remote = {
    VPNUNIT_API: `https://localhost:${port}`,
    VPNUNIT_TOKEN_FILE: file,
    VPNUNIT_AGENT_DATA: join(folder, 'agent'),
    NODE_EXTRA_CA_CERTS: certificate,
  }
  await vpn.startRemoteAgent(remote)
  await vpn.agent.waitFor(/"msg":"connected to the service"/, SOON_MS)
  await vpn.hostIs('in line', ({ behind, instances }) => behind === 0 && instances.every(({ connected }) => connected))
  await ping(vpn.topology.outside, a.hostAddress)
  const from = a.client.output.length
  t.match(await vpn.ask('PATCH', `/gateway/${A}`, { disabled: true }), {
    sessions: { sessionsEnded: 1, notReached: [] },
  })
  await a.client.waitFor(/AUTH_FAILED,the gateway is disabled/, SOON_MS, from)
  await vpn.ask('PATCH', `/gateway/${A}`, { disabled: false })
  await waitUntilUp(a.client, from)

  await vpn.ask('DELETE', '/tokens/vpn1')
  await vpn.ask('POST', '/users', { name: 'grace' })
  await vpn.agent.waitFor(/the service can’t be asked/, SOON_MS)
  await ping(vpn.topology.outside, a.hostAddress)
  t.notMatch(vpn.agent.output, token)
  t.notMatch(readFileSync(`/proc/${vpn.agent.pid}/cmdline`, 'utf8'), token)
})

t.test('an agent does not follow a service whose certificate it can’t verify', { skip }, async (t) => {
  const folder = temporaryFolder(t)
  const [{ certificate, key }, port] = [await makeCertificate(folder), await freePort()]
  const tls = { VPNUNIT_TLS_CERT: certificate, VPNUNIT_TLS_KEY: key, VPNUNIT_PORT: String(port) }
  const vpn = await ManagedHost.make(t, tls)
  await vpn.agent.stop()
  const file = join(folder, 'token')
  writeFileSync(file, 'vpnunit_of-no-use\n', { mode: 0o600 })
  await vpn.startRemoteAgent({
    VPNUNIT_API: `https://localhost:${port}`,
    VPNUNIT_TOKEN_FILE: file,
    VPNUNIT_AGENT_DATA: join(folder, 'agent'),
  })
  await vpn.agent.waitFor(/self-signed certificate|self signed certificate/, SOON_MS)
  t.notMatch(vpn.agent.output, 'connected to the service')
})
