import t from 'tap'
import { keepLines, parseRemoteEntry, readEach, readOnly, readOnlyCount } from './records.ts'

t.test('a remote of the configuration has five fields', async (t) => {
  const entry = { index: 1, host: 'vpn.example.com', port: 1194, protocol: 'udp', enabled: true }
  t.same(parseRemoteEntry('1,vpn.example.com,1194,udp,enabled'), entry)
  t.match(parseRemoteEntry('1,2001:db8::1,443,tcp-client,disabled'), { enabled: false })
  for (const bad of ['', '1,a,2,udp', 'x,a,2,udp,enabled', '1,a,x,udp,enabled', '1,a,2,udp,maybe']) {
    t.equal(parseRemoteEntry(bad), undefined, bad)
  }
})

t.test('every line must be read, and one line be one', async (t) => {
  t.same(readEach(parseRemoteEntry)([]), [])
  t.throws(() => readEach(parseRemoteEntry)(['1,a,2,udp,enabled', 'x']), { code: 'bad-reply', text: 'x' })
  t.equal(readOnlyCount(['5']), 5)
  for (const bad of [[], ['x'], ['1', '2']]) t.throws(() => readOnlyCount(bad), { code: 'bad-reply' })
  t.equal(readOnly((line) => line.length)(['abc']), 3)
  t.throws(() => readOnly((line) => line)(['a', 'b']), { code: 'bad-reply' })
  t.same(keepLines(['a']), ['a'])
})
