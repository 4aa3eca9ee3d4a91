import { instanceAddress, type Plan } from '../domain/plan.ts'
import { formatAddress } from '../domain/prefix.ts'
import { fill, readTemplate, word } from './fill.ts'

const TEMPLATE = readTemplate('server.conf')

/** Twice as many as a /48 has gateways: a reconnecting client has two entries until its old one has timed out. */
const MAX_CLIENTS = 8192

/**
 * multihome answers from the address that was asked: a host with several would answer from another one, and clients drop
 * that. explicit-exit-notify tells clients of a restart, so that they are back soon; over TCP they see it by themselves.
 *
 * The rest is for the moment in which everybody comes back at once, and who is not heard tries again after 2, 4 and 8
 * seconds. rcvbuf: the first packets of two hundred are more than Linux's default holds; it grants what
 * net.core.rmem_max allows. connect-freq-initial: by itself OpenVPN 2.6 answers a hundred in ten seconds. That is to keep
 * strangers from having it answer to others, but with tls-crypt-v2 strangers get no answer.
 */
const UDP_ONLY = [
  'multihome',
  'explicit-exit-notify 1',
  'rcvbuf 2097152',
  `connect-freq-initial ${MAX_CLIENTS} 10`,
  '',
].join('\n')

export type ServerSettings = { plan: Plan; device: string; remote: { port: number; protocol: 'udp' | 'tcp' } }

/** server.conf of static mode: instance 0 with client-config-dir. Its paths are relative to the folder it stands in. */
export function renderServerConf(settings: ServerSettings): string {
  return fill(TEMPLATE, listenerSlots(settings, { instance: 0, port: settings.remote.port, device: settings.device }))
}

/** What the server of static mode and those of managed mode have in common. */
export function listenerSlots(
  { plan, remote }: ServerSettings,
  { instance, port, device }: { instance: number; port: number; device: string },
): Record<string, string> {
  const own = instanceAddress(plan, instance)
  const isUdp = remote.protocol === 'udp'
  return {
    port: word(port),
    // udp6 and tcp6 sockets serve IPv4 clients too [facts 1.9].
    protocol: isUdp ? 'udp6' : 'tcp6-server',
    device: word(device),
    address: word(formatAddress(own)),
    // OpenVPN wants the name of a peer; with a /64 on a tun device nothing is ever sent to it.
    peer: word(formatAddress(own + 1n)),
    maxClients: word(MAX_CLIENTS),
    udpOnly: isUdp ? UDP_ONLY : '',
  }
}
