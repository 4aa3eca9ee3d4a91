/** What a client asks for before it is told of it, and what everybody is told. */
export type Topic = 'state' | 'log' | 'echo' | 'bytecount' | 'client' | 'notice' | 'greeting'

/** A real-time message as OpenVPN printed it, a notification with all its environment. */
export type Message = { topic: Topic; bytes: Buffer; cid: number | undefined }

/** What is told on: keywords that are missing here, such as PASSWORD, go to the agent alone. */
const TOPICS = new Map<string, Topic>([
  ['STATE', 'state'],
  ['LOG', 'log'],
  ['ECHO', 'echo'],
  ['BYTECOUNT', 'bytecount'],
  ['BYTECOUNT_CLI', 'bytecount'],
  ['HOLD', 'notice'],
  ['INFO', 'notice'],
  ['NOTIFY', 'notice'],
  ['FATAL', 'notice'],
])

const GREETING = '>INFO:OpenVPN Management Interface Version'
const CLIENT = '>CLIENT:'
const ENV = '>CLIENT:ENV,'
const END = '>CLIENT:ENV,END'

/** Notifications that other tools may hear of. CR_RESPONSE is an answer to a challenge, and as good as a password. */
const NOTIFICATION = /^>CLIENT:(CONNECT|REAUTH|ESTABLISHED|DISCONNECT),/
const ADDRESS = '>CLIENT:ADDRESS,'

/** A variable that holds a secret: OpenVPN's is `password`, and what a later one adds is not waited for. */
const SECRET = /^>CLIENT:ENV,[^=]*(passw|secret|auth_token)/i

/** Twenty times what was seen. */
const MAX_BYTES = 65_536

/** Makes messages of the lines of real-time messages, and leaves out what no other tool may see. */
export class RealTime {
  readonly #deliver: (message: Message) => void
  #open: string[] | undefined
  #size = 0

  constructor(deliver: (message: Message) => void) {
    this.#deliver = deliver
  }

  /** @param line latin1, as it came, without its end */
  take(line: string): void {
    if (line.startsWith(ENV)) this.#takeEnv(line)
    else if (line.startsWith(CLIENT)) this.#takeClient(line)
    else this.#takeOther(line)
  }

  /** Lets go of what has not come whole: the connection has ended, or nobody listens. */
  reset(): void {
    this.#open = undefined
  }

  #takeClient(line: string): void {
    this.#open = undefined
    if (line.startsWith(ADDRESS)) this.#say('client', [line])
    else if (NOTIFICATION.test(line)) {
      this.#open = [line]
      this.#size = line.length
    }
  }

  #takeEnv(line: string): void {
    const open = this.#open
    if (open === undefined || SECRET.test(line)) return
    open.push(line)
    this.#size += line.length
    if (line === END || this.#size > MAX_BYTES) this.#open = undefined
    if (line === END) this.#say('client', open)
  }

  #takeOther(line: string): void {
    const at = line.indexOf(':')
    const keyword = line.slice(1, at === -1 ? undefined : at)
    const topic = line.startsWith(GREETING) ? 'greeting' : TOPICS.get(keyword)
    const cid = keyword === 'BYTECOUNT_CLI' ? Number.parseInt(line.slice(at + 1), 10) : undefined
    if (topic !== undefined) this.#say(topic, [line], cid)
  }

  #say(topic: Topic, lines: readonly string[], cid?: number): void {
    this.#deliver({ topic, bytes: Buffer.from(`${lines.join('\r\n')}\r\n`, 'latin1'), cid })
  }
}
