import t from 'tap'
import { parseProxy, parseRemote } from './remote.ts'

t.test('a remote has host, port and protocol', async (t) => {
  t.same(parseRemote('2001:db8::1,1194,udp6'), { type: 'REMOTE', host: '2001:db8::1', port: 1194, protocol: 'udp6' })
  for (const text of ['', 'a', 'a,1', 'a,x,udp']) t.equal(parseRemote(text), undefined, text)
})

t.test('a proxy is asked for a connection, by its number', async (t) => {
  t.same(parseProxy('1,TCP,vpn.example.com'), { type: 'PROXY', index: 1, protocol: 'TCP', host: 'vpn.example.com' })
  for (const text of ['', '1', '1,TCP', 'x,TCP,a']) t.equal(parseProxy(text), undefined, text)
})
