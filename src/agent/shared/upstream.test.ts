import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import type { Command } from '../management/command.ts'
import { ManagementError } from '../management/management-error.ts'
import { type Asked, type Session, Upstream } from './upstream.ts'

/** A connection whose answers are given by the test. */
function fakeSession(more: { pending?: number } = {}) {
  const asked: { command: Command<unknown>; done: (value: unknown) => void; fail: (error: unknown) => void }[] = []
  const session: Session = {
    pending: more.pending ?? 0,
    send: <Reply>(command: Command<Reply>) =>
      new Promise<Reply>((done, fail) => {
        asked.push({ command, done: done as (value: unknown) => void, fail })
      }),
  }
  const answer = (...lines: string[]) => {
    const next = asked.shift()
    if (next === undefined) throw new Error('nothing was asked')
    const { command, done } = next
    if (command.shape.kind === 'success') done(command.shape.parse(lines[0] ?? ''))
    else if ('parse' in command.shape) done((command.shape.parse as (lines: string[]) => unknown)(lines))
    return pause(0)
  }
  return { session, asked, answer }
}

type Fake = ReturnType<typeof fakeSession>
const lines = ({ asked }: Fake) => asked.map(({ command }) => command.text.trimEnd())

function make(more: { pending?: number } = {}) {
  const upstream = new Upstream()
  const fake = fakeSession(more)
  const told: string[] = []
  const ask = (line: string, rest: Partial<Asked> = {}) =>
    upstream.ask({ line, shape: 'block', isShared: true, ...rest }, (bytes) => told.push(`${bytes}`))
  return { upstream, fake, told, ask }
}

t.test('without a connection that is the answer', async (t) => {
  const { upstream, fake, told, ask } = make()
  ask('status')
  t.same(told.splice(0), ['ERROR: OpenVPN is not connected\r\n'])
  upstream.attach(fake.session)
  t.ok(upstream.isConnected)
  ask('status')
  ask('pid', { shape: 'success' })
  upstream.detach(fakeSession().session)
  t.same(told, [], 'the end of another connection is not that of this one')
  upstream.detach(fake.session)
  t.same(told, Array(2).fill('ERROR: OpenVPN is not connected\r\n'))
})

t.test('one command is under way, however many are asked', async (t) => {
  const { upstream, fake, told, ask } = make()
  upstream.attach(fake.session)
  ask('pid', { shape: 'success' })
  ask('log on 1', { shape: 'success-block', head: 'SUCCESS: on', isShared: false })
  ask('status')
  t.same(lines(fake), ['pid'])
  await fake.answer('pid=1')
  t.same(lines(fake), ['log on 1'])
  await fake.answer('1,I,x')
  await fake.answer()
  t.same(told, ['SUCCESS: pid=1\r\n', 'SUCCESS: on\r\n1,I,x\r\nEND\r\n', 'END\r\n'])
})

t.test('those who ask the same at once share an answer, and those who ask within a second', async (t) => {
  const { upstream, fake, told, ask } = make()
  upstream.attach(fake.session)
  ask('status')
  ask('status')
  ask('kill x', { shape: 'success', isShared: false })
  ask('kill x', { shape: 'success', isShared: false })
  await fake.answer('a')
  t.same(told.splice(0), ['a\r\nEND\r\n', 'a\r\nEND\r\n'])
  ask('status')
  t.same(told.splice(0), ['a\r\nEND\r\n'])
  await fake.answer('killed')
  ask('status')
  t.same(told.splice(0), ['SUCCESS: killed\r\n'], 'what was before a change is not told after it')
  await fake.answer('killed')
  await fake.answer('b')
  await pause(1050)
  ask('status')
  t.same(lines(fake), ['status'])
})

t.test('a refusal is passed on in OpenVPN’s words', async (t) => {
  const { upstream, fake, told, ask } = make()
  upstream.attach(fake.session)
  const errors = [
    new ManagementError('refused', 'x', { text: 'common name not found' }),
    new ManagementError('queue-full', 'too many'),
    new ManagementError('timeout', 'x'),
    new Error('else'),
  ]
  for (const error of errors) {
    ask('kill x', { shape: 'success', isShared: false })
    fake.asked.shift()?.fail(error)
    await pause(0)
  }
  t.same(
    told.map((line) => line.slice(7).trimEnd()),
    ['common name not found', 'too many', 'OpenVPN is not connected', 'Error: else'],
  )
})

t.test('the agent’s commands go first, for half a second', async (t) => {
  const { upstream, fake, ask } = make({ pending: 3 })
  upstream.attach(fake.session)
  ask('status')
  ask('pid')
  await pause(200)
  t.same(lines(fake), [])
  await pause(600)
  t.same(lines(fake), ['status'])
})
