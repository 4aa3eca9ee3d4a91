import { connect, type Socket } from 'node:net'

export type Answer = { status: number; body: Buffer }

type Waiter = { resolve: (answer: Answer) => void; reject: (error: Error) => void }

/**
 * One keep-alive connection that sends bytes made beforehand and looks for the end of the answer, no more: a whole HTTP
 * client would cost more than what is measured, and make the two sides of a comparison alike.
 */
export class Connection {
  readonly #socket: Socket
  #chunks: Buffer[] = []
  #waiter: Waiter | undefined
  isOpen = true

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('error', (error) => this.#waiter?.reject(error))
    for (const event of ['end', 'close']) {
      socket.on(event, () => {
        this.isOpen = false
        this.#waiter?.reject(new Error('the connection was closed'))
      })
    }
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => resolve(new Connection(socket)))
      socket.once('error', reject)
    })
  }

  request(message: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#chunks = []
      this.#waiter = { resolve, reject }
      this.#socket.write(message)
    })
  }

  close(): void {
    this.#waiter = undefined
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk)
    const first = this.#chunks[0] ?? chunk
    const length = expectedLength(first)
    const received = this.#chunks.reduce((sum, { byteLength }) => sum + byteLength, 0)
    if (length === 'chunked' ? !chunk.subarray(-5).equals(LAST_CHUNK) : received < length) return
    const waiter = this.#waiter
    this.#waiter = undefined
    const status = Number(first.toString('latin1', 9, 12))
    const whole = this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks)
    waiter?.resolve({ status, body: whole.subarray(whole.indexOf(BLANK_LINE) + BLANK_LINE.byteLength) })
  }
}

const BLANK_LINE = Buffer.from('\r\n\r\n')
const LAST_CHUNK = Buffer.from('0\r\n\r\n')

/** How many bytes the whole answer has. The head arrives in one piece on the loopback. */
function expectedLength(first: Buffer): number | 'chunked' {
  const end = first.indexOf(BLANK_LINE)
  if (end === -1) throw new Error('the head of an answer came in pieces')
  const head = first.toString('latin1', 0, end)
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
  return length === undefined ? 'chunked' : end + BLANK_LINE.byteLength + Number(length)
}
