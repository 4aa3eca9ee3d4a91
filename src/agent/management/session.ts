import { connect, type Socket } from 'node:net'
import type { Command } from './command.ts'
import { CommandQueue } from './command-queue.ts'
import type { ManagementEvent, ParserOutput } from './events.ts'
import { ManagementError } from './management-error.ts'
import { createParser } from './parser.ts'
import { checkText, MAX_LINE_BYTES } from './quote.ts'
import type { Sending, SessionOptions } from './session-options.ts'

const COMMAND_MS = 10_000
const MAX_QUEUED = 10_000
const MAX_REPLY_BYTES = 2 ** 26
const GREETING = 'INFO'

const NEEDED = { code: 'password-needed', why: 'OpenVPN asks for a password' } as const
const REFUSED = { code: 'bad-password', why: 'OpenVPN refused the password' } as const

/** A connection to the management interface of one OpenVPN, greeted. */
export class ManagementSession implements Sending {
  /** Settles when the session has ended: with the error that did it, or undefined after `close` or `exit`. Never rejects. */
  readonly closed: Promise<ManagementError | undefined>
  /** Settles with the greeting. Rejects with ManagementError: unreachable, busy, password-needed, bad-password, aborted. */
  readonly greeted: Promise<string>
  readonly #options: SessionOptions
  readonly #socket: Socket
  readonly #queue: CommandQueue
  readonly #greet: PromiseWithResolvers<string>
  readonly #end: PromiseWithResolvers<ManagementError | undefined>
  readonly #greetingTimer: NodeJS.Timeout
  #timer: NodeJS.Timeout | undefined
  #unsent: string[] = []
  #isGreeted = false
  #isPasswordSent = false
  #isEnded = false
  #isClosing = false

  /** @throws ManagementError bad-command, when the password cannot be sent */
  constructor(options: SessionOptions) {
    const { password, depth = 1, maxQueued = MAX_QUEUED, maxReplyBytes = MAX_REPLY_BYTES } = options
    if (password !== undefined) checkText('the password of the interface', password.reveal(), MAX_LINE_BYTES)
    this.#options = options
    this.#greet = Promise.withResolvers()
    this.#end = Promise.withResolvers()
    this.greeted = this.#greet.promise
    this.closed = this.#end.promise
    const write = (text: string) => this.#write(text)
    const fail = (error: ManagementError) => this.#finish(error)
    this.#queue = new CommandQueue({ depth, maxQueued, maxReplyBytes, write, fail }, () => performance.now())
    this.#greetingTimer = setTimeout(() => this.#finish(busy(options.greetingMs)), options.greetingMs)
    this.#socket = connect('path' in options ? { path: options.path } : { host: options.host, port: options.port })
    this.#listen()
  }

  /** Commands that are not yet answered. */
  get pending(): number {
    return this.#queue.size
  }

  /**
   * Sends a command and answers what OpenVPN answered. Messages that came behind the answer in the same read are
   * delivered before the promise settles.
   * Rejects with ManagementError: refused, not-available, removed, bad-reply, and with timeout, reply-too-large or closed
   * at the session's end.
   */
  send<Reply>(command: Command<Reply>, options: { timeoutMs?: number } = {}): Promise<Reply> {
    // The end that it asks for is no error.
    if (command.shape.kind === 'close') this.#isClosing = true
    const reply = this.#queue.send(command, options.timeoutMs ?? this.#options.commandMs ?? COMMAND_MS)
    this.#watch()
    return reply
  }

  /** Ends the session. What was not answered is rejected with `closed`. */
  async close(): Promise<void> {
    this.#isClosing = true
    this.#finish(new ManagementError('closed', 'the session was closed'))
    await this.closed
  }

  #listen(): void {
    const socket = this.#socket
    const { limits = {}, signal, onRealTimeLine } = this.#options
    const parse = createParser((output) => this.#take(output), limits, onRealTimeLine)
    const abort = () =>
      this.#finish(new ManagementError('aborted', 'the session was aborted', { cause: signal?.reason }))
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => {
      if (!this.#isEnded) parse(chunk)
    })
    socket.on('error', (error) => this.#finish(socketError(error, this.#isGreeted)))
    socket.on('close', () => {
      signal?.removeEventListener('abort', abort)
      this.#finish(new ManagementError('closed', 'OpenVPN closed the connection'))
    })
    signal?.addEventListener('abort', abort, { once: true })
    if (signal?.aborted === true) abort()
  }

  #take(output: ParserOutput): void {
    if (this.#isEnded) return
    if (output.type === 'password-prompt') this.#answerPrompt()
    else if (output.type === 'reply-line') this.#takeLine(output.text)
    else {
      if (!this.#isGreeted && output.type === GREETING) this.#begin(output.text)
      this.#queue.event(output)
      this.#report(output)
    }
  }

  #takeLine(text: string): void {
    // "SUCCESS: password is correct" comes before the greeting, and is nobody's answer.
    if (this.#isGreeted && !this.#queue.line(text)) this.#report({ type: 'stray-line', text })
  }

  #report(event: ManagementEvent): void {
    this.#options.onEvent(event, this)
  }

  #begin(greeting: string): void {
    this.#isGreeted = true
    clearTimeout(this.#greetingTimer)
    this.#greet.resolve(greeting)
  }

  #answerPrompt(): void {
    const { password } = this.#options
    const { code, why } = this.#isPasswordSent ? REFUSED : NEEDED
    if (password === undefined || this.#isPasswordSent) this.#finish(new ManagementError(code, why))
    else this.#socket.write(`${password.reveal()}\n`)
    this.#isPasswordSent = true
  }

  /** What is written in one turn goes out in one piece: at 20,000 answers a second a system call for each is too much. */
  #write(text: string): void {
    this.#unsent.push(text)
    if (this.#unsent.length > 1) return
    queueMicrotask(() => {
      const whole = this.#unsent.join('')
      this.#unsent = []
      if (!this.#isEnded) this.#socket.write(whole)
    })
  }

  /** One timer for all commands, as the oldest is always the first that is due. */
  #watch(): void {
    const { deadline } = this.#queue
    if (this.#timer !== undefined || deadline === undefined) return
    const check = () => {
      this.#timer = undefined
      this.#queue.expire()
      if (!this.#isEnded) this.#watch()
    }
    this.#timer = setTimeout(check, Math.max(1, Math.ceil(deadline - performance.now())))
  }

  #finish(error: ManagementError): void {
    if (this.#isEnded) return
    this.#isEnded = true
    clearTimeout(this.#greetingTimer)
    clearTimeout(this.#timer)
    this.#socket.destroy()
    this.#queue.end(error)
    this.#greet.reject(error)
    // Whoever waits for `closed` alone must not be ended by the other promise.
    this.greeted.catch(() => undefined)
    this.#end.resolve(this.#isClosing ? undefined : error)
  }
}

/**
 * Connects, and waits for the greeting.
 * @throws ManagementError unreachable, busy, password-needed, bad-password, bad-command, aborted, closed
 */
export async function openManagementSession(options: SessionOptions): Promise<ManagementSession> {
  const session = new ManagementSession(options)
  await session.greeted
  return session
}

function busy(greetingMs: number): ManagementError {
  return new ManagementError('busy', `no greeting in ${greetingMs} ms: another client may have the interface`)
}

function socketError(error: Error, isGreeted: boolean): ManagementError {
  const code = isGreeted ? 'closed' : 'unreachable'
  return new ManagementError(code, `the connection failed: ${error.message}`, { cause: error })
}
