import t from 'tap'
import { CommandQueue, type QueueOptions } from './command-queue.ts'
import * as commands from './commands.ts'
import { ManagementError } from './management-error.ts'

function make(options: Partial<QueueOptions> = {}) {
  const clock = { now: 0 }
  const written: string[] = []
  const failures: ManagementError[] = []
  const write = (text: string) => written.push(text)
  const whole = {
    depth: 1,
    maxQueued: 100,
    maxReplyBytes: 1000,
    write,
    fail: (error: ManagementError) => failures.push(error),
    ...options,
  }
  return { clock, written, failures, queue: new CommandQueue(whole, () => clock.now) }
}

t.test('one command is under way at a time, and answers go to them in order', async (t) => {
  const { queue, written } = make()
  const both = [queue.send(commands.pid(), 10), queue.send(commands.verb(), 10)]
  t.same(written, ['pid\n'])
  t.ok(queue.line('SUCCESS: pid=7'))
  t.same(written, ['pid\n', 'verb\n'])
  queue.line('SUCCESS: verb=3')
  t.same(await Promise.all(both), [7, 3])
  t.equal(queue.size, 0)
  t.notOk(queue.line('SUCCESS: nobody asked'))
})

t.test('as many are under way as the depth says, but what must be alone is', async (t) => {
  const { queue, written } = make({ depth: 3 })
  const long = commands.clientDeny({ cid: 1, kid: 1 }, '\\'.repeat(250), '"'.repeat(250))
  const sent = [
    commands.pid(),
    commands.verb(),
    commands.pid(),
    commands.mute(),
    long,
    commands.announceVersion(5),
    commands.hold(),
  ]
  const answers = Promise.all(sent.map((command) => queue.send(command as typeof long, 10)))
  t.equal(written.length, 3)
  queue.line('SUCCESS: pid=1')
  t.equal(written.length, 4)
  for (const line of ['SUCCESS: verb=1', 'SUCCESS: pid=1']) queue.line(line)
  t.equal(written.length, 4, 'the long one waits')
  queue.line('SUCCESS: mute=1')
  t.equal(written.at(-1), long.text)
  queue.line('SUCCESS: denied')
  t.same(written.slice(-2), ['version 5\n', 'hold\n'])
  t.ok(queue.line('SUCCESS: Management client version set to 5'), 'as later versions answer')
  queue.line('SUCCESS: hold=0')
  t.equal((await answers).length, 7)
})

t.test('one error does not disturb the others', async (t) => {
  const { queue } = make({ depth: 9 })
  const [first, second] = [queue.send(commands.clientKill(1), 10), queue.send(commands.pid(), 10)]
  const refused = t.rejects(first, { code: 'refused', verb: 'client-kill', text: 'no' })
  queue.line('ERROR: no')
  queue.line('SUCCESS: pid=7')
  await refused
  t.equal(await second, 7)
})

t.test('time runs from when a command is written, and its end is the end of all', async (t) => {
  const { queue, clock, failures } = make()
  const [first, second] = [queue.send(commands.pid(), 10), queue.send(commands.verb(), 10)]
  clock.now = 9
  queue.expire()
  t.equal(queue.deadline, 10)
  queue.line('SUCCESS: pid=7')
  t.equal(await first, 7)
  t.equal(queue.deadline, 19)
  clock.now = 19
  queue.expire()
  t.match(failures, [{ code: 'timeout', verb: 'verb' }])
  queue.end(failures[0] as ManagementError)
  await t.rejects(second, { code: 'timeout', verb: 'verb' })
  await t.rejects(queue.send(commands.pid(), 10), { code: 'closed', verb: 'pid' })
})

t.test('the end rejects what was not answered, but what asked for it', async (t) => {
  const { queue } = make()
  const [exit, pid] = [queue.send(commands.exit(), 10), queue.send(commands.pid(), 10)]
  queue.end(new ManagementError('closed', 'x'))
  t.equal(await exit, undefined)
  await t.rejects(pid, { code: 'closed', verb: 'pid', cause: { code: 'closed' } })
})

t.test('too many commands and too long an answer are errors', async (t) => {
  const { queue, failures } = make({ maxQueued: 1, maxReplyBytes: 5 })
  const help = queue.send(commands.help(), 10)
  await t.rejects(queue.send(commands.pid(), 10), { code: 'queue-full' })
  queue.line('123456')
  await t.rejects(help, { code: 'reply-too-large' })
  t.match(failures, [{ code: 'reply-too-large' }])
})

t.test('a message can be the answer', async (t) => {
  const { queue } = make()
  queue.event({ type: 'PKCS11ID-COUNT', count: 1 })
  const asked = queue.send(commands.pkcs11IdCount(), 10)
  queue.event({ type: 'INFO', text: 'x' })
  queue.event({ type: 'PKCS11ID-COUNT', count: 5 })
  t.equal(await asked, 5)
})
