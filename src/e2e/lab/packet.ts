/** What opens a connection, or answers the one that does. */
export type PacketKind = 'tcp' | 'udp' | 'icmpv6'

/** A packet to be made. `number` tells it from all others, wherever it comes out. */
export type PacketFacts = {
  from: bigint
  to: bigint
  kind: PacketKind
  sourcePort: number
  port: number
  /** Of an ICMPv6 message. */
  type: number
  /** Of TCP: SYN opens, SYN and ACK answer. */
  isAnswer: boolean
  number: number
}

const NEXT_HEADER = { tcp: 6, udp: 17, icmpv6: 58 } as const
const MARK = 'vpnunit:'

/** An IPv6 packet, with right checksums: conntrack looks at them. */
export function buildPacket(facts: PacketFacts): Buffer {
  const transport = { tcp: buildTcp, udp: buildUdp, icmpv6: buildIcmp }[facts.kind](facts)
  const header = Buffer.alloc(40)
  header.writeUInt32BE(0x60000000, 0)
  header.writeUInt16BE(transport.length, 4)
  header.writeUInt8(NEXT_HEADER[facts.kind], 6)
  header.writeUInt8(64, 7)
  writeAddress(header, facts.from, 8)
  writeAddress(header, facts.to, 24)
  const place = { tcp: 16, udp: 6, icmpv6: 2 }[facts.kind]
  const sum = checksum(Buffer.concat([header.subarray(8, 40), pseudo(transport.length, facts.kind), transport]))
  transport.writeUInt16BE(facts.kind === 'udp' && sum === 0 ? 0xffff : sum, place)
  return Buffer.concat([header, transport])
}

/** Which packet one that came out is, and undefined for what the kernel said by itself, though it may quote one. */
export function numberOf(
  packet: Buffer,
  isWithHeader: boolean,
  kindOf: (number: number) => PacketFacts | undefined,
): number | undefined {
  const transport = isWithHeader ? packet.subarray(40) : packet
  const at = transport.lastIndexOf(MARK)
  const number = at < 0 ? Number.NaN : Number(transport.toString('latin1', at + MARK.length).trimEnd())
  const facts = kindOf(number)
  if (facts === undefined) return undefined
  const original = buildPacket(facts).subarray(40)
  return original.equals(transport) ? number : undefined
}

function payload(number: number): Buffer {
  return Buffer.from(`${MARK}${number}`.padEnd(20))
}

function buildTcp({ sourcePort, port, isAnswer, number }: PacketFacts): Buffer {
  const header = Buffer.alloc(20)
  header.writeUInt16BE(sourcePort, 0)
  header.writeUInt16BE(port, 2)
  header.writeUInt32BE(1000 + number, 4)
  if (isAnswer) header.writeUInt32BE(1, 8)
  header.writeUInt16BE(0x5000 | (isAnswer ? 0x12 : 0x02), 12)
  header.writeUInt16BE(65535, 14)
  return Buffer.concat([header, payload(number)])
}

function buildUdp({ sourcePort, port, number }: PacketFacts): Buffer {
  const body = payload(number)
  const header = Buffer.alloc(8)
  header.writeUInt16BE(sourcePort, 0)
  header.writeUInt16BE(port, 2)
  header.writeUInt16BE(8 + body.length, 4)
  return Buffer.concat([header, body])
}

function buildIcmp({ type, sourcePort, number }: PacketFacts): Buffer {
  const header = Buffer.alloc(8)
  header.writeUInt8(type, 0)
  if (type >= 128) header.writeUInt16BE(sourcePort, 4)
  else header.writeUInt32BE(1280, 4)
  // An error quotes what it is about: here nothing that ever was.
  const quoted = type >= 128 ? Buffer.alloc(0) : Buffer.alloc(48)
  if (quoted.length > 0) quoted.writeUInt32BE(0x60000000, 0)
  if (quoted.length > 0) quoted.writeUInt8(17, 6)
  return Buffer.concat([header, quoted, payload(number)])
}

function pseudo(length: number, kind: PacketKind): Buffer {
  const rest = Buffer.alloc(8)
  rest.writeUInt32BE(length, 0)
  rest.writeUInt8(NEXT_HEADER[kind], 7)
  return rest
}

/** RFC 1071. All that is summed here has an even length. */
function checksum(bytes: Buffer): number {
  let sum = 0
  for (let at = 0; at < bytes.length; at += 2) sum += bytes.readUInt16BE(at)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

function writeAddress(buffer: Buffer, address: bigint, at: number): void {
  buffer.writeBigUInt64BE(address >> 64n, at)
  buffer.writeBigUInt64BE(address & 0xffffffffffffffffn, at + 8)
}
