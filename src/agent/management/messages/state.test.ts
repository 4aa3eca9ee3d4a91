import t from 'tap'
import { parseState, parseStateRecord } from './state.ts'

t.test('a state has what OpenVPN fills in, and nothing else', async (t) => {
  t.same(parseStateRecord('1795261180,CONNECTED,SUCCESS,10.8.0.6,192.0.2.1,1194,192.0.2.9,5000,fd00::1'), {
    time: 1_795_261_180,
    state: 'CONNECTED',
    description: 'SUCCESS',
    localIpv4: '10.8.0.6',
    remoteAddress: '192.0.2.1',
    remotePort: 1194,
    localAddress: '192.0.2.9',
    localPort: 5000,
    localIpv6: 'fd00::1',
  })
  t.match(parseStateRecord('1,CONNECTED,SUCCESS,,127.0.0.1,6036,,'), { remotePort: 6036, localAddress: undefined })
  t.match(parseStateRecord('1,WAIT,,,,,,'), { state: 'WAIT', description: undefined })
  t.match(parseStateRecord('1,WAIT'), { state: 'WAIT', description: undefined })
  t.match(parseState('1,AUTH_PENDING,timeout 30,,,,,'), { type: 'STATE', record: { description: 'timeout 30' } })
})

t.test('commas of the description are its own', async (t) => {
  const record = parseStateRecord('1,RECONNECTING,a, b,,,,,,fd00::1')
  t.match(record, { description: 'a, b', localIpv4: undefined, localIpv6: 'fd00::1' })
})

t.test('what is no state is nothing', async (t) => {
  for (const text of ['', '1', 'x,WAIT', '1,', '1,wait', '1,WAIT NOW,']) t.equal(parseState(text), undefined, text)
})
