import { createDecipheriv, createHmac } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { fromPem, toPem } from './pem.ts'
import { NOW } from './testing/authority.ts'
import { noOpenvpn, run } from './testing/program.ts'
import { createClientKey, createServerKey } from './tls-crypt-v2.ts'

type Unwrapped = { clientKey: Buffer; metadata: Buffer; isGenuine: boolean; length: number; wrappedLength: number }

/** What a server does with a client's key (OpenVPN's doc/tls-crypt-v2.txt), written apart from what makes it. */
function unwrap(serverPem: string, clientPem: string): Unwrapped {
  const server = fromPem(serverPem).der
  const whole = fromPem(clientPem).der
  const clientKey = whole.subarray(0, 256)
  const wrapped = whole.subarray(256)
  const [tag, hidden, length] = [wrapped.subarray(0, 32), wrapped.subarray(32, -2), wrapped.subarray(-2)]
  const decipher = createDecipheriv('aes-256-ctr', server.subarray(0, 32), tag.subarray(0, 16))
  const plain = Buffer.concat([decipher.update(hidden), decipher.final()])
  const expected = createHmac('sha256', server.subarray(64, 96)).update(length).update(plain).digest()
  return {
    clientKey: plain.subarray(0, 256),
    metadata: plain.subarray(256),
    isGenuine: expected.equals(tag) && plain.subarray(0, 256).equals(clientKey),
    length: length.readUInt16BE(),
    wrappedLength: wrapped.length,
  }
}

const secondsOf = (metadata: Buffer): number => Number(metadata.readBigUInt64BE(1))

t.test('a server key is 128 random octets in the frame that OpenVPN reads', async (t) => {
  const pem = createServerKey()
  t.match(pem, /^-----BEGIN OpenVPN tls-crypt-v2 server key-----\n([^\n]{64}\n){2}[^\n]{44}\n-----END/)
  t.equal(fromPem(pem).der.length, 128)
  t.not(createServerKey(), pem)
})

t.test('the server can unwrap what a client is given, and finds the time in it', async (t) => {
  const server = createServerKey()
  const client = createClientKey(server, new Date(NOW.getTime() + 999))
  t.match(client, /^-----BEGIN OpenVPN tls-crypt-v2 client key-----\n/)
  const unwrapped = unwrap(server, client)
  t.match(unwrapped, { isGenuine: true, length: 299, wrappedLength: 299 })
  t.equal(unwrapped.metadata.length, 9)
  t.equal(unwrapped.metadata[0], 1)
  t.equal(secondsOf(unwrapped.metadata), NOW.getTime() / 1000)
  t.notSame(unwrap(server, createClientKey(server, NOW)).clientKey, unwrapped.clientKey)
  t.equal(unwrap(createServerKey(), client).isGenuine, false, 'another server can not')
})

t.test("OpenVPN's own keys have the same structure as ours", { skip: noOpenvpn }, async (t) => {
  const folder = t.testdir()
  const [server, client] = [join(folder, 'server.key'), join(folder, 'client.key')]
  t.ok(run('openvpn', ['--genkey', 'tls-crypt-v2-server', server]).isWell)
  t.ok(run('openvpn', ['--tls-crypt-v2', server, '--genkey', 'tls-crypt-v2-client', client]).isWell)
  const serverPem = readFileSync(server, 'utf8')
  const clientPem = readFileSync(client, 'utf8')
  const theirs = unwrap(serverPem, clientPem)
  t.match(theirs, { isGenuine: true, length: 299, wrappedLength: 299 })
  t.equal(theirs.metadata[0], 1)
  t.ok(Math.abs(secondsOf(theirs.metadata) - Date.now() / 1000) < 60)
  t.match(unwrap(serverPem, createClientKey(serverPem, NOW)), { isGenuine: true, length: 299 })

  const shape = (pem: string): string[] =>
    pem.split('\n').map((line) => (line.startsWith('-') ? line : `${line.length}`))
  t.same(shape(createServerKey()), shape(serverPem), 'line for line')
  t.same(shape(createClientKey(serverPem, NOW)), shape(clientPem))
})

t.test('OpenVPN makes a client key from a server key of ours', { skip: noOpenvpn }, async (t) => {
  const folder = t.testdir()
  const [server, client] = [join(folder, 'server.key'), join(folder, 'client.key')]
  const serverPem = createServerKey()
  writeFileSync(server, serverPem, { mode: 0o600 })
  const { isWell, output } = run('openvpn', ['--tls-crypt-v2', server, '--genkey', 'tls-crypt-v2-client', client])
  t.ok(isWell, output)
  t.match(unwrap(serverPem, readFileSync(client, 'utf8')), { isGenuine: true, length: 299 })
})

t.test('no client key is made from anything but a server key', async (t) => {
  const message = /this is no tls-crypt-v2 server key/
  const client = createClientKey(createServerKey(), NOW)
  t.throws(() => createClientKey(client, NOW), { message })
  t.throws(() => createClientKey(toPem('OpenVPN tls-crypt-v2 server key', Buffer.alloc(127)), NOW), { message })
  t.throws(() => createClientKey('rubbish', NOW), { message: /no PEM block/ })
})
