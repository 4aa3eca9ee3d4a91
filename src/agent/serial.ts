/** What stands in the environment of a notification, as far as it is asked for here. */
export type Values = { get(name: string): string | undefined }

/** Sixteen octets, as the authority makes them. */
const DIGITS = 32

/** A certificate's serial holds at most 20 octets (RFC 5280, section 4.1.2.2): 49 decimal digits. */
const HEX = /^[0-9a-f]{1,2}(:[0-9a-f]{2}){0,19}$/
const DECIMAL = /^[0-9]{1,49}$/

/** The serial of a client's certificate in the database's spelling; undefined when OpenVPN told of none. */
export function serialOf(env: Values): string | undefined {
  const hex = env.get('tls_serial_hex_0')?.toLowerCase()
  if (hex !== undefined && HEX.test(hex)) return hex.replaceAll(':', '').padStart(DIGITS, '0')
  const decimal = env.get('tls_serial_0')
  if (decimal !== undefined && DECIMAL.test(decimal)) return BigInt(decimal).toString(16).padStart(DIGITS, '0')
  return undefined
}
