/**
 * Instances: the OpenVPN server processes of managed mode, numbered from 0. Everything of an instance follows from its
 * number, so that agent, apply and service agree without asking one another.
 */

/** Instance k's tunnel network is P:00kk::/64: one byte. */
export const LAST_INSTANCE = 255

const HIGHEST_PORT = 65_535

/** IFNAMSIZ leaves 15 characters. */
const DEVICE_LENGTH = 15

/** The port that instance k listens on: the first one's, counted up. */
export function instancePort(port: number, instance: number): number {
  return port + instance
}

/** The tunnel device of instance k: `tun0` counted up, or the name with a number where it has none. */
export function instanceDevice(device: string, instance: number): string {
  if (instance === 0) return device
  const [, stem = device, digits = '0'] = /^(.*?)([0-9]*)$/.exec(device) ?? []
  return `${stem}${Number(digits) + instance}`
}

/** What keeps a number from being an instance's, given the first one's port and device; undefined when nothing does. */
export function instanceFault(instance: number, first: { port: number; device: string }): string | undefined {
  const port = instancePort(first.port, instance)
  if (port > HIGHEST_PORT)
    return `${instance} can't be: its port would be ${port}, VPNUNIT_REMOTE's port plus ${instance}`
  const device = instanceDevice(first.device, instance)
  if (device.length > DEVICE_LENGTH) return `${instance} can't be: its device would be ${device}, which is too long`
  return undefined
}
