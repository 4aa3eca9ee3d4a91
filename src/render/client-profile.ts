import { instancePort } from '../domain/instance.ts'
import { fill, pem, readTemplate, word } from './fill.ts'

const TEMPLATE = readTemplate('client.ovpn')

/** Text before a PEM block is skipped by its readers, so the mark may stay when the key is pasted below it. */
export const KEY_PLACE = '# PASTE HERE the private key that belongs to your certificate request, as PEM'

export type ProfileFacts = {
  name: string
  remote: { host: string; port: number; protocol: 'udp' | 'tcp' }
  /** The instances there are; each listens on a port of its own. */
  instances: readonly number[]
  serverName: string
  ca: string
  certificate: string
  /** Absent when the gateway made its key itself. */
  key: string | undefined
  tlsCryptKey: string
}

/** A gateway's client configuration, everything inline: one file that needs nothing beside it. */
export function renderClientProfile(facts: ProfileFacts): string {
  const isUdp = facts.remote.protocol === 'udp'
  return fill(TEMPLATE, {
    name: word(facts.name),
    secrecy:
      facts.key === undefined
        ? 'It is not complete: paste the private key below, at the place that is marked.'
        : 'Keep it secret: who holds it is this gateway.',
    remotes: renderRemotes(facts),
    serverName: word(facts.serverName),
    exitNotify: isUdp ? 'explicit-exit-notify 1\n' : '',
    ca: pem(facts.ca),
    certificate: pem(facts.certificate),
    key: facts.key === undefined ? KEY_PLACE : pem(facts.key),
    tlsCryptKey: pem(facts.tlsCryptKey),
  })
}

/** One line an instance; of several the client takes any, and the next when that one does not answer. */
function renderRemotes({ remote, instances }: ProfileFacts): string {
  const protocol = remote.protocol === 'udp' ? 'udp' : 'tcp-client'
  const ports = instances.map((instance) => instancePort(remote.port, instance))
  const lines = ports.map((port) => `remote ${word(remote.host)} ${word(port)} ${protocol}`)
  return [...lines, ...(lines.length > 1 ? ['remote-random'] : [])].join('\n')
}
