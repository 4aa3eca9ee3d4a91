import t from 'tap'
import { type Message, RealTime } from './real-time.ts'

function read(...lines: string[]): [string, string][] {
  const messages: Message[] = []
  const realTime = new RealTime((message) => messages.push(message))
  for (const line of lines) realTime.take(line)
  return messages.map(({ topic, bytes }) => [topic, bytes.toString()])
}

t.test('a notification comes whole, and without its password', async (t) => {
  const lines = ['>CLIENT:CONNECT,0,1', '>CLIENT:ENV,username=ada', '>CLIENT:ENV,password=hunter2', '>CLIENT:ENV,END']
  t.same(read(...lines.slice(0, 3)), [])
  t.same(read(...lines), [['client', '>CLIENT:CONNECT,0,1\r\n>CLIENT:ENV,username=ada\r\n>CLIENT:ENV,END\r\n']])
})

t.test('answers to challenges, and what asks for secrets, are told to nobody', async (t) => {
  const secret = ['>CLIENT:CR_RESPONSE,0,1,aHVudGVyMg==', '>CLIENT:ENV,username=ada', '>CLIENT:ENV,END']
  t.same(read(...secret), [])
  t.same(read('>PASSWORD:Auth-Token:x', '>PK_SIGN:x', '>RSA_SIGN:x', '>NEED-STR:x', '>INFOMSG:x', '>NEW:x', '>'), [])
  t.same(read('>UPDOWN:UP', '>UPDOWN:ENV,password=x', '>UPDOWN:ENV,END'), [])
  t.same(read('>CLIENT:CONNECT,0,1', ...secret), [], 'nor by way of a notification that was cut')
})

t.test('the rest is told on by its topic', async (t) => {
  t.same(
    read(
      '>STATE:1,CONNECTED',
      '>LOG:1,I,x',
      '>ECHO:1,x',
      '>HOLD:x',
      '>INFO:x',
      '>NOTIFY:x',
      '>CLIENT:ADDRESS,0,x,1',
    ).map(([topic]) => topic),
    ['state', 'log', 'echo', 'notice', 'notice', 'notice', 'client'],
  )
  t.same(read('>INFO:OpenVPN Management Interface Version 5 -- x'), [
    ['greeting', '>INFO:OpenVPN Management Interface Version 5 -- x\r\n'],
  ])
})

t.test('the client that a count is of is known, and bytes stay bytes', async (t) => {
  const messages: Message[] = []
  const realTime = new RealTime((message) => messages.push(message))
  realTime.take('>BYTECOUNT_CLI:7,1,2')
  realTime.take('>LOG:1,I,\xc3\xa9')
  t.match(messages, [{ topic: 'bytecount', cid: 7 }, { topic: 'log' }])
  t.equal(messages[1]?.bytes.toString(), '>LOG:1,I,é\r\n')
})

t.test('a notification without end is not kept', async (t) => {
  const env = Array.from({ length: 700 }, () => `>CLIENT:ENV,x=${'y'.repeat(100)}`)
  t.same(read('>CLIENT:CONNECT,0,1', ...env, '>CLIENT:ENV,END'), [])
  const realTime = new RealTime(() => t.fail('told'))
  realTime.take('>CLIENT:CONNECT,0,1')
  realTime.reset()
  realTime.take('>CLIENT:ENV,END')
})
