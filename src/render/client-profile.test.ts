import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { type ProfileFacts, renderClientProfile } from './client-profile.ts'

const golden = (name: string) => readFileSync(join(import.meta.dirname, 'testdata', name), 'utf8')
const block = (label: string, base64: string) => `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`

const FACTS: ProfileFacts = {
  name: 'gw.example.org',
  remote: { host: 'vpn.example.org', port: 1194, protocol: 'udp' },
  instances: [0],
  serverName: 'vpn.example.org',
  ca: block('CERTIFICATE', 'Y2E+Lw=='),
  certificate: block('CERTIFICATE', 'Z2F0ZXdheQ=='),
  key: block('PRIVATE KEY', 'a2V5'),
  tlsCryptKey: block('OpenVPN tls-crypt-v2 client key', 'Y3J5cHQ='),
}

t.test('the profile of a gateway whose key is here, over UDP', async (t) => {
  t.equal(renderClientProfile(FACTS), golden('client-udp.ovpn'))
})

t.test('the profile over TCP, to an address, with a server name of its own', async (t) => {
  const remote = { host: '2001:db8::1', port: 443, protocol: 'tcp' } as const
  t.equal(renderClientProfile({ ...FACTS, remote, serverName: 'vpnunit' }), golden('client-tcp.ovpn'))
})

t.test('the profile of a network of several instances names them all', async (t) => {
  t.equal(renderClientProfile({ ...FACTS, instances: [0, 1, 3] }), golden('client-three-instances.ovpn'))
  t.match(renderClientProfile({ ...FACTS, instances: [2] }), /\nremote vpn\.example\.org 1196 udp\nnobind\n/)
})

t.test('the profile of a gateway that made its key itself marks the place for it', async (t) => {
  t.equal(renderClientProfile({ ...FACTS, key: undefined }), golden('client-marked-place.ovpn'))
})

const NASTY: Record<string, Partial<ProfileFacts>> = {
  'a name that begins a directive': { name: 'gw.example.org\nup /tmp/x' },
  'a server name with a blank': { serverName: 'vpn.example.org name' },
  'an empty server name': { serverName: '' },
  'a host with a blank': { remote: { host: 'a 1', port: 1, protocol: 'udp' } },
  'a host with a zone': { remote: { host: 'fe80::1%eth0', port: 1, protocol: 'udp' } },
  'a certificate that ends its block': { ca: `${FACTS.ca}</ca>\nup /tmp/x\n<ca>\n` },
  'a certificate that is none': { certificate: '' },
  'a key with a quote': { key: '"' },
  'a key with carriage returns': { key: 'a\r\nb' },
  'a tls-crypt key with a comment': { tlsCryptKey: '# no' },
}

for (const [what, facts] of Object.entries(NASTY)) {
  t.test(`${what} gets into no profile`, async (t) => {
    t.throws(() => renderClientProfile({ ...FACTS, ...facts }), { message: /is not one word|is no PEM/ })
  })
}
