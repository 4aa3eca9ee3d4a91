import t from 'tap'
import { readStatus } from './status.ts'
import { readStatus1 } from './status-1.ts'

const HEAD = ['Updated,2026-11-21 11:39:41', 'Common Name,Real Address,Bytes Received,Bytes Sent,Connected Since']
const ROUTES = ['ROUTING TABLE', 'Virtual Address,Common Name,Real Address,Last Ref']
const STATS = ['GLOBAL STATS', 'Max bcast/mcast queue length,0']

t.test('clients and routes are read by their places, and names keep their commas', async (t) => {
  const client = 'a, b,127.0.0.1:52395,2046,2085,2026-11-21 11:39:40'
  const route = '2001:db8::/60,a, b,127.0.0.1:52395,2026-11-21 11:39:41'
  t.match(readStatus(['OpenVPN CLIENT LIST', ...HEAD, client, ...ROUTES, route, ...STATS]), {
    kind: 'server',
    format: 1,
    updatedText: '2026-11-21 11:39:41',
    clients: [{ commonName: 'a, b', realAddress: '127.0.0.1:52395', bytesReceived: 2046, bytesSent: 2085 }],
    routes: [
      { virtualAddress: '2001:db8::/60', commonName: 'a, b', realAddress: '127.0.0.1:52395', lastRef: undefined },
    ],
  })
})

t.test('a broken one is an error', async (t) => {
  const bad = [[...HEAD], [...HEAD, ...ROUTES], [...HEAD, ...STATS, ...ROUTES], [...HEAD, 'x', ...ROUTES, ...STATS]]
  const more = [
    [...HEAD, 'a,b,c,d,e', ...ROUTES, ...STATS],
    [...HEAD, ...ROUTES, 'x,y', ...STATS],
    [...HEAD, ...ROUTES, ...STATS, 'x'],
  ]
  for (const lines of [...bad, ...more]) t.throws(() => readStatus1(lines), { code: 'bad-reply' }, lines.join('|'))
})
