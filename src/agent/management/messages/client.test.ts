import t from 'tap'
import { ManagementEnv } from '../env.ts'
import { openClient, parseClientAddress } from './client.ts'

const env = new ManagementEnv([])
const read = (text: string) => openClient(text)?.complete(env)

t.test('each notification has the ids that it is sent with', async (t) => {
  t.match(read('CONNECT,0,1'), { type: 'CLIENT:CONNECT', cid: 0, kid: 1 })
  t.match(read('REAUTH,4294967295,3'), { type: 'CLIENT:REAUTH', cid: 4_294_967_295, kid: 3 })
  t.match(read('ESTABLISHED,5'), { type: 'CLIENT:ESTABLISHED', cid: 5 })
  t.match(read('DISCONNECT,5'), { type: 'CLIENT:DISCONNECT', cid: 5 })
  t.match(read('CR_RESPONSE,5,1,Nzc3'), { type: 'CLIENT:CR_RESPONSE', cid: 5, kid: 1 })
})

t.test('an answer to a challenge is not printed', async (t) => {
  const event = read('CR_RESPONSE,5,1,a,b')
  t.equal(event?.type === 'CLIENT:CR_RESPONSE' && event.response.reveal(), 'a,b')
  t.notMatch(JSON.stringify(event), 'a,b')
})

t.test('what lacks an id, or has one too many, is nothing', async (t) => {
  const bad = ['', 'CONNECT', 'CONNECT,', 'CONNECT,1', 'CONNECT,1,', 'CONNECT,x,1', 'CONNECT,1,2,3', 'REAUTH,-1,1']
  const more = [
    'ESTABLISHED',
    'ESTABLISHED,1,2',
    'DISCONNECT,',
    'CR_RESPONSE,1,2',
    'connect,1,2',
    'SOMETHING,1,2',
    'ENV,1,2',
  ]
  for (const text of [...bad, ...more]) t.equal(read(text), undefined, text)
})

t.test('an address is the client’s own, or one behind it', async (t) => {
  t.match(parseClientAddress('ADDRESS,0,fd00::1,1'), { cid: 0, address: 'fd00::1', primary: true })
  t.match(parseClientAddress('ADDRESS,0,10.0.0.0/8,0'), { address: '10.0.0.0/8', primary: false })
  for (const text of ['ADDRESS,', 'ADDRESS,0,x', 'ADDRESS,0,x,2', 'ADDRESS,a,x,1']) {
    t.equal(parseClientAddress(text), undefined, text)
  }
})
