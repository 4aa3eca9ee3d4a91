import type { Socket } from 'node:net'
import { ByteCounts } from './byte-counts.ts'
import { CommandLines } from './command-lines.ts'
import type { History } from './history-steps.ts'
import { Outlet } from './outlet.ts'
import { Quiet } from './quiet.ts'
import type { Message } from './real-time.ts'
import { isBlock, type Policy, type Step, stepsOf } from './steps.ts'
import type { Asked } from './upstream.ts'
import { readWords } from './words.ts'

/** What a client needs of its instance. */
export type Instance = {
  readonly policy: Policy
  readonly greeting: Buffer
  ask(asked: Asked, take: (answer: Buffer, isRefused: boolean) => void): void
  /** A client has stopped to want what it wanted. */
  unwanted(): void
  /** A session is to be ended. */
  noteKill(line: string): void
}

const LINE = '\r\n'
const TOO_LONG = 'ERROR: the command is too long'

/** One program that is connected to a shared socket. Its commands are carried out one after the other. */
export class SharedClient {
  readonly #instance: Instance
  readonly #socket: Socket
  readonly #outlet: Outlet
  readonly #quiet: Quiet
  readonly #wanted = new Set<History>()
  readonly #followed = new Set<History>()
  #counts = new ByteCounts(0)
  #isInBlock = false

  constructor(instance: Instance, socket: Socket) {
    this.#instance = instance
    this.#socket = socket
    this.#outlet = new Outlet(socket)
    this.#quiet = new Quiet((bytes) => this.#outlet.message(bytes))
  }

  /** Whether OpenVPN is to tell of it because of this client. */
  wants(topic: History): boolean {
    return this.#wanted.has(topic)
  }

  /** Serves it until one of the two sides ends the connection. Never rejects. */
  async serve(): Promise<void> {
    const lines = new CommandLines()
    this.#outlet.answer(this.#instance.greeting)
    try {
      // Nothing more is read before what was read is answered.
      for await (const chunk of this.#socket.iterator({ destroyOnReturn: false })) {
        for (const line of lines.push(chunk)) if (!(await this.#takeLine(line))) return
      }
    } catch {
      // It has gone away in the middle.
    } finally {
      this.#quiet.stop()
      this.#wanted.clear()
      this.#followed.clear()
      this.#instance.unwanted()
      this.#outlet.end()
    }
  }

  /** Takes a message, which it is told when it has asked for such. */
  hear({ topic, bytes, cid }: Message, now: number): void {
    if (topic === 'client' || topic === 'notice') this.#quiet.tell(bytes, now)
    else if (topic === 'bytecount') {
      if (cid !== undefined && this.#counts.isDue(cid, now)) this.#outlet.message(bytes)
    } else if (topic !== 'greeting' && this.#followed.has(topic)) this.#outlet.message(bytes)
  }

  end(): void {
    this.#socket.destroy()
  }

  /** False when it was the last. */
  async #takeLine(line: string | undefined): Promise<boolean> {
    if (this.#isInBlock) {
      this.#isInBlock = line !== 'END'
      return true
    }
    this.#quiet.disturb(performance.now())
    const { words, fault } = line === undefined ? { fault: TOO_LONG } : readWords(line)
    if (fault !== undefined) this.#say(fault)
    this.#isInBlock = isBlock(words?.[0])
    for (const step of stepsOf(words ?? [], this.#instance.policy)) {
      if (step.kind === 'end') return false
      await this.#carryOut(step)
    }
    await this.#outlet.drained()
    this.#quiet.disturb(performance.now())
    return !this.#socket.destroyed
  }

  async #carryOut(step: Exclude<Step, { kind: 'end' }>): Promise<void> {
    if (step.kind === 'say') this.#say(step.text)
    else if (step.kind === 'count') this.#counts = new ByteCounts(step.seconds)
    else if (step.kind === 'unfollow') this.#unfollow(step.topic)
    else if (step.kind === 'follow') await this.#follow(step.topic, step.many)
    else if (step.kind === 'ask') await this.#ask(step)
    else {
      this.#instance.noteKill(step.line)
      await this.#ask({ line: step.line, shape: 'success', isShared: false })
    }
  }

  async #follow(topic: History, many: string | undefined): Promise<void> {
    this.#wanted.add(topic)
    const head = `SUCCESS: real-time ${topic} notification set to ON`
    const line = `${topic} on`
    const asked: Asked =
      many === undefined
        ? { line, shape: 'success', isShared: false }
        : { line: `${line} ${many}`, shape: 'success-block', head, isShared: false }
    await this.#ask(asked, (isRefused) => {
      if (isRefused) this.#wanted.delete(topic)
      else this.#followed.add(topic)
    })
  }

  #unfollow(topic: History): void {
    this.#wanted.delete(topic)
    this.#followed.delete(topic)
    this.#instance.unwanted()
  }

  #ask(asked: Asked, then: (isRefused: boolean) => void = () => undefined): Promise<void> {
    return new Promise((resolve) => {
      this.#instance.ask(asked, (answer, isRefused) => {
        this.#outlet.answer(answer)
        then(isRefused)
        resolve()
      })
    })
  }

  #say(text: string): void {
    this.#outlet.answer(Buffer.from(text + LINE))
  }
}
