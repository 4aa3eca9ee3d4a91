import { connect } from 'node:net'
import type { DutyAnswer, DutyRequest } from '../domain/route-duty.ts'

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never

export type Duty = WithoutId<DutyRequest>

export type DutyConnection = {
  /** The answer; undefined when the connection ended before. */
  ask(duty: Duty): Promise<DutyAnswer | undefined>
  close(): void
}

export type ConnectionParts = {
  /** How long an answer may take. */
  patienceMs: number
  onOpen: () => void
  /** Called once, also when it never opened. */
  onClose: () => void
}

/** No answer is longer: it is a few numbers and a sentence. */
const ANSWER_MAX = 64 * 1024

/** One connection to apply's socket: requests out, answers by their ids in. Whatever is wrong ends it. */
export function openDutyConnection(path: string, { patienceMs, onOpen, onClose }: ConnectionParts): DutyConnection {
  const asked = new Map<number, (answer: DutyAnswer | undefined) => void>()
  const socket = connect(path).setEncoding('utf8')
  let lastId = 0
  let rest = ''

  socket.once('connect', onOpen)
  socket.on('error', () => undefined)
  socket.once('close', () => {
    for (const answer of asked.values()) answer(undefined)
    onClose()
  })
  socket.on('data', (chunk: string) => {
    const lines = `${rest}${chunk}`.split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > ANSWER_MAX || !lines.every(take)) socket.destroy()
  })

  /** Whether it is an answer to something that was asked. */
  function take(line: string): boolean {
    const answer = parseAnswer(line)
    const resolve = answer === undefined ? undefined : asked.get(answer.id)
    if (answer === undefined || resolve === undefined) return false
    asked.delete(answer.id)
    resolve(answer)
    return true
  }

  return {
    ask: (duty) => {
      const id = ++lastId
      const request: DutyRequest = { id, ...duty }
      return new Promise((resolve) => {
        if (socket.destroyed) return resolve(undefined)
        const tooLate = setTimeout(() => socket.destroy(), patienceMs)
        asked.set(id, (answer) => {
          clearTimeout(tooLate)
          resolve(answer)
        })
        socket.write(`${JSON.stringify(request)}\n`)
      })
    },
    close: () => socket.destroy(),
  }
}

function parseAnswer(line: string): DutyAnswer | undefined {
  try {
    const answer = JSON.parse(line)
    const isAnswer = typeof answer.fault === 'string' || typeof answer.report?.wanted === 'number'
    return isAnswer && typeof answer.id === 'number' ? answer : undefined
  } catch {
    return undefined
  }
}
