import t from 'tap'
import { NASTY_TEXTS } from '../testing/nasty.ts'
import { LAN_FORMATS, parseLanInterface } from './lan-interface.ts'

/** What must get into no configuration, whatever the format. */
const NASTY = [
  '',
  ' ',
  'lan0 ',
  ' lan0',
  'lan\n0',
  'lan0\n',
  'lan0\r',
  'lan\t0',
  'lan\u0000',
  'lan\u2028',
  'lan\u00e9',
  'l\u0430n',
  'br-lan;reboot',
  'br-lan{',
  "lan'0",
  'lan"0',
  'lan#0',
  'lan\\0',
  'lan/0',
  '../lan',
  'lan%0',
  'lan*',
  '!lan',
  '$(id)',
  '0lan',
  '-lan',
  '.',
  '..',
  '_lan',
  'a234567890123456',
  'x'.repeat(255),
]

t.test('a name that is not one of a device, or could be more than a word, is refused with the reason', async (t) => {
  for (const format of LAN_FORMATS) {
    for (const text of NASTY) {
      t.throws(
        () => parseLanInterface(format, text),
        { code: 'bad-request', extras: { errors: [{ field: '/interface', message: /15 at most/ }] } },
        `${format} ${encodeURIComponent(text)}`,
      )
    }
  }
})

/** What looks nasty in a host name, and is an ordinary device to the kernel. */
const ORDINARY = [
  'upper case',
  'digits as last label',
  'a dot at the end',
  'a double dot',
  'a hyphen at the end',
  'the constructor',
  'not a number',
]

t.test('of what is nasty everywhere only ordinary devices are taken', async (t) => {
  for (const [what, text] of Object.entries(NASTY_TEXTS)) {
    for (const format of LAN_FORMATS) {
      if (ORDINARY.includes(what) && (format !== 'openwrt' || /^[a-zA-Z]+$/.test(text))) {
        t.equal(parseLanInterface(format, text), text, `${format} ${what}`)
      } else t.throws(() => parseLanInterface(format, text), { code: 'bad-request' }, `${format} ${what}`)
    }
  }
})

t.test('what is refused is named on one line, escaped and cut', async (t) => {
  t.throws(() => parseLanInterface('radvd', 'a\nb'), { message: /^"a\\nb" is refused as the interface: a device / })
  t.throws(() => parseLanInterface('radvd', 'x'.repeat(255)), { message: /^"x{77}\.\.\." is refused/ })
})

t.test('devices as Linux names them are taken', async (t) => {
  for (const name of ['br-lan', 'lan0', 'eth0.20', 'enp3s0f1', 'wlan0_ap', 'e', 'a23456789012345']) {
    for (const format of ['radvd', 'ifupdown', 'systemd-networkd'] as const) {
      t.equal(parseLanInterface(format, name), name)
    }
  }
})

t.test('devices that can have no LAN are refused', async (t) => {
  for (const name of ['lo', 'all', 'default']) {
    for (const format of ['radvd', 'ifupdown', 'systemd-networkd'] as const) {
      t.throws(() => parseLanInterface(format, name), { code: 'bad-request', message: /no LAN can be there/ })
    }
  }
})

t.test('words of radvd are refused for radvd alone', async (t) => {
  for (const name of ['on', 'clients', 'RDNSS', 'Prefix', 'infinity', 'medium']) {
    t.throws(() => parseLanInterface('radvd', name), { code: 'bad-request', message: /a word of its own/ })
    t.equal(parseLanInterface('systemd-networkd', name), name)
  }
})

t.test('OpenWrt is told a section, not a device', async (t) => {
  for (const name of ['lan', 'guest_2', 'LAN', 'a23456789012345']) t.equal(parseLanInterface('openwrt', name), name)
  for (const name of ['br-lan', 'eth0.20', '@lan']) {
    t.throws(() => parseLanInterface('openwrt', name), { code: 'bad-request', message: /the interface section/ })
  }
  t.throws(() => parseLanInterface('openwrt', 'loopback'), { code: 'bad-request', message: /no LAN can be there/ })
})
