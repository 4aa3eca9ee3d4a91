import { understood } from '../command.ts'
import { parseCount } from '../messages/fields.ts'

export type Version = { openvpn: string; management: number }

export type LoadStats = { clients: number; bytesIn: number; bytesOut: number }

/** `pid=13942`, `verb=3`, `hold=0`: the number after a name. */
export function readNumber(name: string): (text: string) => number {
  return (text) => {
    const [found, digits] = text.split('=')
    return understood(found === name ? parseCount(digits) : undefined, text)
  }
}

/** `hold=1` */
export function readHold(text: string): boolean {
  return readNumber('hold')(text) !== 0
}

/** `nclients=1,bytesin=2046,bytesout=2085` */
export function readLoadStats(text: string): LoadStats {
  const [, ...digits] = /^nclients=(\d+),bytesin=(\d+),bytesout=(\d+)$/.exec(text) ?? []
  const [clients, bytesIn, bytesOut] = digits.map(parseCount)
  return {
    clients: understood(clients, text),
    bytesIn: understood(bytesIn, text),
    bytesOut: understood(bytesOut, text),
  }
}

/** The two lines of `version`; before 2.6 the second was `Management Interface Version: 3`. */
export function readVersion(lines: readonly string[]): Version {
  const text = lines.join('\n')
  const [, openvpn] = /^OpenVPN Version: (.*)$/m.exec(text) ?? []
  const [, digits] = /^Management(?: Interface)? Version: (\d+)$/m.exec(text) ?? []
  return { openvpn: understood(openvpn, text), management: understood(parseCount(digits), text) }
}
