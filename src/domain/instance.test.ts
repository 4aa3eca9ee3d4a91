import t from 'tap'
import { instanceDevice, instanceFault, instancePort } from './instance.ts'

t.test('port and device are counted up from those of the first instance', async (t) => {
  t.equal(instancePort(1194, 0), 1194)
  t.equal(instancePort(1194, 3), 1197)
  t.equal(instanceDevice('tun0', 0), 'tun0')
  t.equal(instanceDevice('tun0', 12), 'tun12')
  t.equal(instanceDevice('tun7', 2), 'tun9')
  t.equal(instanceDevice('vpn', 0), 'vpn')
  t.equal(instanceDevice('vpn', 1), 'vpn1')
  t.equal(instanceDevice('a1b9', 1), 'a1b10')
})

t.test('a port or a device that can’t be is said', async (t) => {
  t.equal(instanceFault(3, { port: 1194, device: 'tun0' }), undefined)
  t.match(instanceFault(3, { port: 65_533, device: 'tun0' }), /port would be 65536/)
  t.match(instanceFault(10, { port: 1194, device: 'abcdefghijklmn9' }), /too long/)
})
