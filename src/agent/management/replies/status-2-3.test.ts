import t from 'tap'
import { ManagementError } from '../management-error.ts'
import { readStatus } from './status.ts'

const COLUMNS =
  'Common Name,Real Address,Virtual Address,Virtual IPv6 Address,Bytes Received,Bytes Sent,Connected Since,Connected Since (time_t),Username,Client ID,Peer ID,Data Channel Cipher'
const LINES = [
  'TITLE,OpenVPN 2.6.14 x [SSL]',
  'TIME,2026-11-21 11:45:22,1795261522',
  `HEADER,CLIENT_LIST,${COLUMNS}`,
  'CLIENT_LIST,gwb,127.0.0.1:46512,,,2011,1818,2026-11-21 11:45:20,1795261520,UNDEF,1,1,BF-CBC',
  'CLIENT_LIST,gwa,127.0.0.1:43413,,fd00::5,2013,1820,2026-11-21 11:45:20,1795261520,ada,0,0,AES-256-GCM',
  'HEADER,ROUTING_TABLE,Virtual Address,Common Name,Real Address,Last Ref,Last Ref (time_t)',
  'ROUTING_TABLE,fd00::5,gwa,127.0.0.1:43413,2026-11-21 11:39:41,1795261181',
  'GLOBAL_STATS,Max bcast/mcast queue length,0',
  'GLOBAL_STATS,dco_enabled,0',
]

t.test('formats 2 and 3 say the same, and who has no address is pending', async (t) => {
  for (const [format, lines] of [
    [2, LINES],
    [3, LINES.map((line) => line.replaceAll(',', '\t'))],
  ] as const) {
    const status = readStatus(lines)
    t.match(status, {
      kind: 'server',
      format,
      title: 'OpenVPN 2.6.14 x [SSL]',
      time: 1_795_261_522,
      clients: [
        { commonName: 'gwb', cid: 1, peerId: 1, pending: true, username: undefined, cipher: 'BF-CBC' },
        {
          commonName: 'gwa',
          cid: 0,
          pending: false,
          virtualIpv6Address: 'fd00::5',
          virtualAddress: undefined,
          username: 'ada',
        },
      ],
      routes: [{ virtualAddress: 'fd00::5', commonName: 'gwa', lastRef: 1_795_261_181 }],
    })
    t.same(
      [...status.stats],
      [
        ['Max bcast/mcast queue length', 0],
        ['dco_enabled', 0],
      ],
    )
  }
})

t.test('a later version’s columns stand where they like', async (t) => {
  const lines = [
    'TITLE\tx',
    'HEADER\tROUTING_TABLE\tNew\tReal Address\tVirtual Address\tLast Ref (time_t)\tLast Ref\tCommon Name',
  ]
  const status = readStatus([...lines, 'ROUTING_TABLE\tn\tr\tv\t5\tl\tc'])
  t.match(status, { routes: [{ commonName: 'c', realAddress: 'r', virtualAddress: 'v', lastRef: 5 }] })
})

t.test('with commas a name may have some; with tabs it cannot', async (t) => {
  const named = LINES.map((line) => line.replace('CLIENT_LIST,gwa,', 'CLIENT_LIST,g, w,a,'))
  t.match(readStatus(named), { clients: [{}, { commonName: 'g, w,a', realAddress: '127.0.0.1:43413', cid: 0 }] })
  const tabs = LINES.map((line) => line.replaceAll(',', '\t').replace('\tgwa\t', '\tg\tw\t'))
  t.throws(() => readStatus(tabs), { code: 'bad-reply' })
})

t.test('a row without its heading, or with too little, is an error', async (t) => {
  for (const without of ['HEADER,CLIENT_LIST', 'HEADER,ROUTING_TABLE']) {
    t.throws(() => readStatus(LINES.filter((line) => !line.startsWith(without))), { code: 'bad-reply' })
  }
  t.throws(() => readStatus(LINES.map((line) => line.replace(',AES-256-GCM', ''))), { code: 'bad-reply' })
  t.throws(() => readStatus(LINES.map((line) => line.replace(',ada,0,0,', ',ada,x,0,'))), { code: 'bad-reply' })
  t.throws(() => readStatus([...LINES, 'NEWS,x']), { code: 'bad-reply' })
})

t.test('whatever is left of a status, it is read or refused', async (t) => {
  let refused = 0
  for (let line = 0; line < LINES.length; line++) {
    for (let at = 0; at < 200; at++) {
      const broken = LINES.map((one, index) => (index === line ? one.slice(0, at) + one.slice(at + 1 + (at % 7)) : one))
      try {
        readStatus(broken)
      } catch (error) {
        if (!(error instanceof ManagementError)) throw error
        refused += 1
      }
    }
  }
  t.ok(refused > 300, `${refused} refused`)
})
