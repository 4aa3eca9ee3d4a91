import { fill, pem, readTemplate, word } from './fill.ts'

const TEMPLATE = readTemplate('client.ovpn')

/** Text before a PEM block is skipped by its readers, so the mark may stay when the key is pasted below it. */
export const KEY_PLACE = '# PASTE HERE the private key that belongs to your certificate request, as PEM'

export type ProfileFacts = {
  name: string
  remote: { host: string; port: number; protocol: 'udp' | 'tcp' }
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
    host: word(facts.remote.host),
    port: word(facts.remote.port),
    protocol: isUdp ? 'udp' : 'tcp-client',
    serverName: word(facts.serverName),
    exitNotify: isUdp ? 'explicit-exit-notify 1\n' : '',
    ca: pem(facts.ca),
    certificate: pem(facts.certificate),
    key: facts.key === undefined ? KEY_PLACE : pem(facts.key),
    tlsCryptKey: pem(facts.tlsCryptKey),
  })
}
