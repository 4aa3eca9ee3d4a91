import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { DUTY_BYTES_MAX, type DutyAnswer } from '../domain/route-duty.ts'
import { shortFolder } from '../testing/short-folder.ts'
import { openDutySocket } from './duty-socket.ts'

const echo = async (line: string): Promise<DutyAnswer> => ({ id: 1, fault: line })

async function open(t: Test, answer = echo) {
  const path = join(shortFolder(t), 'a.sock')
  const socket = await openDutySocket(path, answer)
  t.teardown(() => socket.close())
  return { path, socket }
}

/** Says it all and then no more, and answers with what was said until the other end closed. */
async function talk(path: string, text: string): Promise<string> {
  const peer = connect(path)
  peer.on('error', () => undefined)
  peer.end(text)
  let said = ''
  peer.setEncoding('utf8').on('data', (chunk) => {
    said += chunk
  })
  await once(peer, 'close')
  return said
}

t.test('each line is answered, and the socket is for its owner and group', async (t) => {
  const { path } = await open(t)
  t.equal(statSync(path).mode & 0o777, 0o660)
  t.equal(await talk(path, 'a\nb\nhalf a line'), '{"id":1,"fault":"a"}\n{"id":1,"fault":"b"}\n')
})

t.test('several may be connected, and a line without end is the end of one alone', async (t) => {
  const { path } = await open(t)
  const [endless, other] = await Promise.all([talk(path, 'x'.repeat(DUTY_BYTES_MAX + 2)), talk(path, 'a\n')])
  t.equal(other, '{"id":1,"fault":"a"}\n')
  // The rest of what it says may meet a closed door before it reads the words.
  t.match(endless, /^$|has more than 8388608 octets/)
  t.equal(await talk(path, 'b\n'), '{"id":1,"fault":"b"}\n')
})

t.test('one that goes away before its answer leaves no trace', async (t) => {
  const answered = Promise.withResolvers<DutyAnswer>()
  const asked = Promise.withResolvers<void>()
  const { path } = await open(t, (line) => {
    asked.resolve()
    return line === 'slow' ? answered.promise : echo(line)
  })
  const peer = connect(path)
  peer.write('slow\n')
  await asked.promise
  peer.destroy()
  await once(peer, 'close')
  answered.resolve({ id: 1, fault: '' })
  t.equal(await talk(path, 'a\n'), '{"id":1,"fault":"a"}\n')
})

t.test('many requests at once are all answered, in the end', async (t) => {
  const { path } = await open(t)
  const lines = Array.from({ length: 5000 }, (_, n) => `${n}`)
  const said = (await talk(path, `${lines.join('\n')}\n`)).trimEnd().split('\n')
  t.equal(said.length, 5000)
})

t.test('a second one is refused, and the first goes on', async (t) => {
  const { path } = await open(t)
  const message = `another vpnunit apply is at work: it answers on ${path}`
  await t.rejects(openDutySocket(path, echo), { name: 'StartError', message })
  t.equal(await talk(path, 'a\n'), '{"id":1,"fault":"a"}\n')
})

t.test('a socket that a crash left is taken away', async (t) => {
  const path = join(shortFolder(t), 'a.sock')
  const code = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
  await once(spawn(process.execPath, ['-e', code]), 'exit')
  t.ok(existsSync(path))
  const socket = await openDutySocket(path, echo)
  t.equal(await talk(path, 'a\n'), '{"id":1,"fault":"a"}\n')
  await socket.close()
  t.notOk(existsSync(path), 'its own goes with it')
})

t.test('what is no socket, or no place for one, is said', async (t) => {
  const path = join(shortFolder(t), 'a.sock')
  writeFileSync(path, 'mine')
  await t.rejects(openDutySocket(path, echo), { name: 'StartError', message: `${path} is in the way and is no socket` })
  const long = `/tmp/${'a'.repeat(103)}`
  await t.rejects(openDutySocket(long, echo), { name: 'StartError', message: 'VPNUNIT_RUN is too long' })
  await t.rejects(openDutySocket(join(shortFolder(t), 'none/a.sock'), echo), { code: 'EACCES' })
})
