import { connect, type Socket } from 'node:net'

/** What `nc -U` is: bytes to and from a unix socket. */
export class RawClient {
  readonly socket: Socket
  output = ''
  isEnded = false

  constructor(path: string) {
    this.socket = connect(path).on('error', () => undefined)
    this.socket.on('data', (chunk) => {
      this.output += chunk.toString()
    })
    this.socket.on('close', () => {
      this.isEnded = true
    })
  }

  send(line: string): void {
    this.socket.write(`${line}\n`)
  }

  /** Sends a command and answers what comes until the text matches, from then on. */
  async ask(line: string, until: RegExp = /^(END|SUCCESS:.*|ERROR:.*)\r\n/m): Promise<string> {
    const from = this.output.length
    this.send(line)
    await this.waitFor(until, from)
    return this.output.slice(from)
  }

  async waitFor(pattern: RegExp, from = 0): Promise<void> {
    const end = performance.now() + 10_000
    while (!pattern.test(this.output.slice(from))) {
      if (performance.now() > end) throw new Error(`no ${pattern} in ${this.output.slice(from)}`)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
}
