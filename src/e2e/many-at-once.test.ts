import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Running } from './lab/process.ts'
import { reasonToSkip } from './lab/requirements.ts'
import { StaticVpn } from './lab/static-vpn.ts'
import type { Owner } from './lab/undo.ts'

const SOON_MS = 20_000

const skip = reasonToSkip('openvpn') ?? false

/** The datagram with which a gateway begins, as its OpenVPN sends it. */
async function firstPacket(owner: Owner, vpn: StaticVpn, profile: string): Promise<Buffer> {
  const socket = createSocket('udp4')
  owner.teardown(async () => void socket.close())
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const file = join(vpn.folder, 'here.ovpn')
  const here = `remote 127.0.0.1 ${socket.address().port} udp`
  writeFileSync(file, readFileSync(profile, 'utf8').replace(/^remote .*$/m, here), { mode: 0o600 })
  const client = Running.start(owner, 'openvpn', ['--config', file])
  const [packet] = (await Promise.race([once(socket, 'message'), client.waitForEnd(SOON_MS)])) as [Buffer]
  await client.kill()
  return packet
}

t.test('a crowd that begins at once is answered, and a stranger is not', { skip }, async (t) => {
  const vpn = await StaticVpn.make(t)
  await vpn.addUsers('ada')
  await vpn.addGateway('a.ada.example.org', 'ada')
  const packet = await firstPacket(t, vpn, await vpn.download('a.ada.example.org'))
  const guest = await vpn.topology.addGuest(4)
  const answered = async (datagram: Buffer, times: number) => {
    const script = join(import.meta.dirname, 'lab/first-packets.ts')
    const words = [script, '10.99.0.1', '1194', datagram.toString('hex'), String(times)]
    return Number(await guest.run(process.execPath, words))
  }
  t.equal(await answered(packet, 300), 300)
  const forged = Buffer.from(packet)
  forged.writeUInt8(forged.readUInt8(40) ^ 1, 40)
  t.equal(await answered(forged, 50), 0)
  t.equal(await answered(packet, 1), 1, 'also after those')
})
