import t from 'tap'
import { readHold, readLoadStats, readNumber, readVersion } from './values.ts'

t.test('a number stands after its name', async (t) => {
  t.equal(readNumber('pid')('pid=13942'), 13_942)
  for (const bad of ['', 'pid=', 'pid=x', 'ppid=1', '1', 'pid=-1'])
    t.throws(() => readNumber('pid')(bad), { code: 'bad-reply' })
  t.equal(readHold('hold=1'), true)
  t.equal(readHold('hold=0'), false)
})

t.test('the load is three numbers', async (t) => {
  t.same(readLoadStats('nclients=1,bytesin=2046,bytesout=2085'), { clients: 1, bytesIn: 2046, bytesOut: 2085 })
  for (const bad of ['', 'nclients=1', 'nclients=1,bytesin=2,bytesout=x'])
    t.throws(() => readLoadStats(bad), { code: 'bad-reply' })
})

t.test('a version is OpenVPN’s and the interface’s', async (t) => {
  t.same(readVersion(['OpenVPN Version: OpenVPN 2.6.14 x [SSL]', 'Management Version: 5']), {
    openvpn: 'OpenVPN 2.6.14 x [SSL]',
    management: 5,
  })
  t.match(readVersion(['OpenVPN Version: OpenVPN 2.4', 'Management Interface Version: 1']), { management: 1 })
  t.throws(() => readVersion(['OpenVPN Version: x']), { code: 'bad-reply' })
  t.throws(() => readVersion([]), { code: 'bad-reply' })
})
