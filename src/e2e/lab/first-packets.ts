import { createSocket } from 'node:dgram'

/**
 * Sends a datagram again and again, each time from a port of its own, and prints how many were answered. To be run in a
 * namespace: node first-packets.ts <address> <port> <hex> <times>
 */
const [address = '', port = '', hex = '', times = ''] = process.argv.slice(2)

/** No more at once than any socket holds. */
const BATCH = 50
const PATIENCE_MS = 4000

const packet = Buffer.from(hex, 'hex')

/** Whether one datagram is answered. */
function send(): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
    const end = (isAnswered: boolean) => {
      clearTimeout(timer)
      socket.close()
      resolve(isAnswered)
    }
    const timer = setTimeout(() => end(false), PATIENCE_MS)
    socket.once('message', () => end(true))
    socket.send(packet, Number(port), address, (error) => error !== null && reject(error))
  })
}

let answered = 0
for (let left = Number(times); left > 0; left -= BATCH) {
  const answers = await Promise.all(Array.from({ length: Math.min(left, BATCH) }, send))
  answered += answers.filter(Boolean).length
}
process.stdout.write(`${answered}\n`)
