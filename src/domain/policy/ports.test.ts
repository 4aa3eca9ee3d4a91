import fc from 'fast-check'
import t from 'tap'
import { NASTY_TEXTS } from '../../testing/nasty.ts'
import { coversPort, formatPorts, parsePorts } from './ports.ts'

t.test('a port may be given as a number, and what is there twice is kept once', async (t) => {
  t.same(formatPorts(parsePorts([22, '22', '80-90', 443, '80-90'])), ['22', '80-90', '443'])
  for (const port of [0, -1, 1.5, 65_536, 1e21]) t.throws(() => parsePorts([port]), { code: 'bad-rule' }, `${port}`)
})

t.test('ports are numbers and ranges, and are written as they were read', async (t) => {
  const texts = ['22', '8000-8100', '1', '65535', '1-65535']
  t.strictSame(parsePorts(['22', '8000-8100']), [
    [22, 22],
    [8000, 8100],
  ])
  t.strictSame(formatPorts(parsePorts(texts)), texts)
  t.strictSame(parsePorts([]), [])
})

const NO_PORTS = [
  '0',
  '65536',
  '99999',
  '022',
  '-22',
  '22-',
  '22-22',
  '23-22',
  '0-9',
  '1-65536',
  '22,23',
  '22 ',
  '٢٢',
  '1e3',
  '0x16',
  'ssh',
]

t.test('what is no port is refused', async (t) => {
  for (const text of [...NO_PORTS, ...Object.values(NASTY_TEXTS)]) {
    t.throws(() => parsePorts([text]), { code: 'bad-rule', message: 'is not a port' }, text.slice(0, 40))
  }
})

t.test('a rule takes 32 of them', async (t) => {
  const ports = (count: number) => Array.from({ length: count }, (_, at) => `${at + 1}`)
  t.equal(parsePorts(ports(32)).length, 32)
  t.throws(() => parsePorts(ports(33)), { code: 'bad-rule', message: 'at most 32' })
})

t.test('a port is covered from the first to the last of a range, and always where there is none', async (t) => {
  const ports = parsePorts(['22', '8000-8100'])
  for (const port of [22, 8000, 8050, 8100]) t.equal(coversPort(ports, port), true)
  for (const port of [21, 23, 7999, 8101, 0]) t.equal(coversPort(ports, port), false)
  t.equal(coversPort([], 7), true)
})

t.test('every range survives being written and read', async () => {
  const port = fc.integer({ min: 1, max: 65535 })
  fc.assert(
    fc.property(fc.array(fc.tuple(port, port), { maxLength: 32 }), (pairs) => {
      const ports = pairs.map((pair): [number, number] => [Math.min(...pair), Math.max(...pair)])
      const once = [...new Map(ports.map((range) => [String(range), range])).values()]
      return JSON.stringify(parsePorts(formatPorts(ports))) === JSON.stringify(once)
    }),
  )
})
