import t from 'tap'
import { serialOf } from './serial.ts'

const of = (values: Record<string, string>) => serialOf(new Map(Object.entries(values)))

t.test('a serial is spelled as in the database', async (t) => {
  const serial = '29a741cb9cdd318ac1d6505ea28faddf8217f98e'
  t.equal(of({ tls_serial_hex_0: '29:a7:41:cb:9c:dd:31:8a:c1:d6:50:5e:a2:8f:ad:df:82:17:f9:8e' }), serial)
  t.equal(of({ tls_serial_0: '237798577636346153704465253094934428165994969486' }), serial, 'from the decimal one')
  t.equal(of({ tls_serial_hex_0: '0A:FF' }), '00000000000000000000000000000aff', 'all its digits')
})

t.test('what is no serial is none', async (t) => {
  for (const hex of ['', 'xyz', 'aa:b', 'aa bb', '-1', `aa${':aa'.repeat(20)}`])
    t.equal(of({ tls_serial_hex_0: hex }), undefined)
  t.equal(of({ tls_serial_0: '1'.repeat(50) }), undefined)
  t.equal(of({}), undefined)
})
