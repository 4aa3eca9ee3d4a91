import t from 'tap'
import { openConntrack, parseTracked } from './conntrack.ts'

t.test('a connection is read in the direction in which it was opened', async (t) => {
  const tcp =
    'tcp      6 431999 ESTABLISHED src=2001:470:c844:200::10 dst=2001:470:c844:300::10 sport=40000 dport=80 src=2001:470:c844:300::10 dst=2001:470:c844:200::10 sport=80 dport=40000 [ASSURED] mark=0 use=1 id=1637275110'
  t.same(parseTracked(tcp), {
    id: '1637275110',
    protocol: 'tcp',
    source: '2001:470:c844:200::10',
    destination: '2001:470:c844:300::10',
    port: 80,
    icmpType: undefined,
  })
  const ping =
    'icmpv6   58 29 src=2001:db8::1 dst=2001:db8::2 type=128 code=0 id=7 src=2001:db8::2 dst=2001:db8::1 type=129 code=0 id=7 mark=0 use=1 id=1637275110'
  t.match(parseTracked(ping), {
    id: '1637275110',
    protocol: 'icmpv6',
    source: '2001:db8::1',
    port: undefined,
    icmpType: 128,
  })
})

t.test('one of a protocol without ports, or whose name is known to nobody, is one too', async (t) => {
  const pair = (more = '') => `src=2001:db8::1 dst=::1.2.3.4${more} [UNREPLIED] src=::1.2.3.4 dst=2001:db8::1${more}`
  const other = { id: '9', protocol: 'other', source: '2001:db8::1', destination: '::1.2.3.4' }
  t.match(parseTracked(`unknown  253 599 ${pair()} mark=0 use=1 id=9`), { ...other, port: undefined })
  t.match(parseTracked(`sctp     132 9 CLOSED ${pair(' sport=1 dport=2')} mark=0 use=1 id=9`), { ...other, port: 2 })
  t.match(parseTracked(`gre      47 29 ${pair(' srckey=0x0 dstkey=0x0')} mark=0 use=1 id=9`), {
    ...other,
    port: undefined,
  })
})

t.test('what is no line is left alone', async (t) => {
  for (const line of ['', 'tcp 6 29 SYN_SENT', 'conntrack v1.4.7: 0 flow entries']) {
    t.equal(parseTracked(line), undefined, line)
  }
})

const conntrack = openConntrack()
const skip = process.getuid?.() !== 0 || conntrack === undefined ? 'it takes root and the conntrack command' : false

t.test('the kernel’s own are listed', { skip }, async (t) => {
  t.ok(Array.isArray(await conntrack?.list()))
})
