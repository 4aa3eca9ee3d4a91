import t from 'tap'
import { realAddressOf, realAddressOfRow } from './real-address.ts'

const of = (values: Record<string, string>) => realAddressOf(new Map(Object.entries(values)))

t.test('the address of a client, of either family', async (t) => {
  t.equal(of({ untrusted_ip: '192.0.2.1', untrusted_port: '1194' }), '192.0.2.1:1194')
  t.equal(of({ untrusted_ip6: '2001:db8::1', untrusted_port: '1194' }), '[2001:db8::1]:1194')
  t.equal(of({ trusted_ip: '192.0.2.1', trusted_port: '1' }), '192.0.2.1:1')
  t.equal(realAddressOfRow('127.0.0.1:46512'), '127.0.0.1:46512')
  t.equal(realAddressOfRow('2001:db8::1:40000'), '[2001:db8::1]:40000')
  t.equal(realAddressOfRow('[2001:db8::1]:40000'), '[2001:db8::1]:40000')
})

t.test('what is none is quoted', async (t) => {
  t.equal(of({}), '":"')
  t.equal(of({ untrusted_ip: '1\n2', untrusted_port: '1' }), '"1\\n2:1"')
  t.ok(of({ untrusted_ip: 'x'.repeat(500), untrusted_port: '1' }).length < 100)
})
