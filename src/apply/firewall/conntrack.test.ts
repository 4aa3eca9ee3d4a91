import t from 'tap'
import { openConntrack, parseTracked } from './conntrack.ts'

t.test('a connection is read in the direction in which it was opened', async (t) => {
  const tcp =
    'tcp      6 431999 ESTABLISHED src=2001:470:c844:200::10 dst=2001:470:c844:300::10 sport=40000 dport=80 src=2001:470:c844:300::10 dst=2001:470:c844:200::10 sport=80 dport=40000 [ASSURED] mark=0 use=1'
  t.same(parseTracked(tcp), {
    protocol: 'tcp',
    source: '2001:470:c844:200::10',
    destination: '2001:470:c844:300::10',
    sourcePort: 40_000,
    port: 80,
    icmpType: undefined,
  })
  const ping =
    'icmpv6   58 29 src=2001:db8::1 dst=2001:db8::2 type=128 code=0 id=7 src=2001:db8::2 dst=2001:db8::1 type=129 code=0 id=7 mark=0 use=1'
  t.match(parseTracked(ping), { protocol: 'icmpv6', source: '2001:db8::1', port: undefined, icmpType: 128 })
})

t.test('what has no ports and is no ICMPv6, and what is no line, is left alone', async (t) => {
  for (const line of ['', 'unknown  47 29 src=::1 dst=::2', 'tcp 6 29 SYN_SENT', 'conntrack v1.4.7: 0 flow entries']) {
    t.equal(parseTracked(line), undefined, line)
  }
})

const conntrack = openConntrack()
const skip = process.getuid?.() !== 0 || conntrack === undefined ? 'it takes root and the conntrack command' : false

t.test('the kernel’s own are listed', { skip }, async (t) => {
  t.ok(Array.isArray(await conntrack?.list()))
})
