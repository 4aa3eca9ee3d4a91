import { quote } from './names.ts'
import { Problem } from './problem.ts'

declare const brand: unique symbol

/** Where a LAN is: safe as a word of the configuration that it was parsed for. */
export type LanInterface = string & { readonly [brand]: 'LanInterface' }

/** What configures a router: the file formats of its programs. */
export const LAN_FORMATS = ['radvd', 'ifupdown', 'systemd-networkd', 'openwrt'] as const

/** A wrong format shows in the first line of the answer, so one may be assumed; a wrong device would not show at all. */
export const DEFAULT_LAN_FORMAT = 'radvd'

export type LanFormat = (typeof LAN_FORMATS)[number]

/** The kernel takes 15 characters (IFNAMSIZ); of what it takes, these mean nothing special in any of the formats. */
const DEVICE = /^[A-Za-z][A-Za-z0-9._-]{0,14}$/

/** A section's name, as uci validates it: it has no dots and no hyphens. */
const SECTION = /^[A-Za-z][A-Za-z0-9_]{0,14}$/

/** `all` and `default` are the kernel's words for every device: one of that name gets no IPv6. */
const NO_LAN = new Set(['lo', 'all', 'default'])

/** Words that radvd reads as its own wherever they stand, quotes or not; a newer one in any case (its scanner.l). */
const RADVD_WORDS = new Set(
  'abro clients dnssl high infinity interface low lowpanco medium nat64prefix off on prefix rdnss route'.split(' '),
)

/**
 * The only door through which the name of a LAN's interface enters. For OpenWrt it is that of the interface section,
 * as `lan`: addresses and advertisements are set there by section, and two sections on one device would compete.
 * @throws Problem bad-request, with the reason
 */
export function parseLanInterface(format: LanFormat, text: string): LanInterface {
  const fault = format === 'openwrt' ? faultOfSection(text) : faultOfDevice(format, text)
  if (fault !== undefined) {
    const errors = [{ field: '/interface', message: fault }]
    throw new Problem('bad-request', `${quote(text)} is refused as the interface: ${fault}.`, { errors })
  }
  return text as LanInterface
}

function faultOfDevice(format: LanFormat, text: string): string | undefined {
  if (!DEVICE.test(text)) {
    return 'a device such as br-lan begins with a letter and goes on with letters, digits, ".", "_" and "-", 15 at most'
  }
  if (NO_LAN.has(text)) return 'no LAN can be there'
  if (format !== 'radvd' || !RADVD_WORDS.has(text.toLowerCase())) return undefined
  return 'radvd takes it for a word of its own; only another name of the device helps'
}

function faultOfSection(text: string): string | undefined {
  if (!SECTION.test(text)) {
    return 'OpenWrt is told the interface section, such as lan, not its device: letters, digits and "_", 15 at most'
  }
  return text === 'loopback' ? 'no LAN can be there' : undefined
}
