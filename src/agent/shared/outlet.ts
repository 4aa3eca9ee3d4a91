import type { Socket } from 'node:net'

/** What a client may leave unread, beside the answer it asked for. */
export const MAX_UNREAD_BYTES = 2 ** 20

/** How long it may take to read an answer. */
const ANSWER_MS = 30_000

/**
 * What goes to a client. An answer may be large, as the client has asked for it, and then no other is begun before it is
 * read. Of what it did not ask for one by one, no more is kept than the limit: then the connection is ended.
 */
export class Outlet {
  readonly #socket: Socket
  readonly #answerMs: number
  #answerBytes = 0

  constructor(socket: Socket, answerMs: number = ANSWER_MS) {
    this.#socket = socket
    this.#answerMs = answerMs
  }

  answer(bytes: Buffer): void {
    if (this.#socket.destroyed || this.#socket.writableEnded) return
    this.#answerBytes += bytes.length
    this.#socket.write(bytes)
  }

  message(bytes: Buffer): void {
    const socket = this.#socket
    if (socket.destroyed || socket.writableEnded) return
    if (socket.writableLength + bytes.length > MAX_UNREAD_BYTES + this.#answerBytes) socket.destroy()
    else socket.write(bytes)
  }

  /** Settles when what was written is read, or the connection is over. */
  async drained(): Promise<void> {
    const socket = this.#socket
    if (socket.writableLength > 0 && !socket.destroyed) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => socket.destroy(), this.#answerMs)
        const done = () => {
          clearTimeout(timer)
          socket.off('close', done)
          resolve()
        }
        // The last of it calls back also where it was too little for a `drain`.
        socket.write('', done)
        socket.once('close', done)
      })
    }
    this.#answerBytes = 0
  }

  /** Ends the connection when all is written, or nobody reads it. */
  end(): void {
    if (this.#socket.destroyed) return
    const timer = setTimeout(() => this.#socket.destroy(), this.#answerMs)
    this.#socket.once('close', () => clearTimeout(timer))
    this.#socket.destroySoon()
  }
}
