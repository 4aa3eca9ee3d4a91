import { connect, type Socket } from 'node:net'

/** What openvpn-monitor reads at once, and how long it waits for it. */
const PIECE = 1024
const PATIENCE_MS = 3000

/**
 * Asks as openvpn-monitor does (its management_connection.py): pieces of 1,024 bytes until what it has ends with END,
 * where the first piece is all of `load-stats` and `quit`; lines that begin with >INFO are cut out of each piece.
 */
export class Poller {
  readonly #socket: Socket

  private constructor(socket: Socket) {
    this.#socket = socket
  }

  static async connect(path: string): Promise<Poller> {
    const socket = connect(path).on('error', () => undefined)
    await new Promise((resolve) => socket.once('connect', resolve))
    return new Poller(socket)
  }

  async command(command: string): Promise<string> {
    this.#socket.write(`${command}\n`)
    let data = ''
    for (;;) {
      const piece = await this.#receive()
      if (piece === undefined) return data
      data += piece.toString().replace(/>INFO.*\r\n/g, '')
      if ((command === 'load-stats' && data !== '') || command === 'quit' || data.endsWith('\nEND\r\n')) return data
    }
  }

  close(): void {
    this.#socket.destroy()
  }

  /** Undefined at the end of the stream. */
  async #receive(): Promise<Buffer | undefined> {
    const end = performance.now() + PATIENCE_MS
    while (performance.now() < end) {
      const piece = this.#socket.read(Math.min(PIECE, this.#socket.readableLength) || undefined)
      if (piece !== null) return piece
      if (this.#socket.readableEnded || this.#socket.destroyed) return undefined
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    throw new Error('Timeout receiving data')
  }
}
