import { FORMER } from '../domain/certificate.ts'
import { DEFAULT_LAN_FORMAT, LAN_FORMATS } from '../domain/lan-interface.ts'
import type { CertificateRecordView } from '../http/views.ts'
import { type Call, type Command, JSON_OPTION, show } from './command.ts'
import { KEY_OPTIONS, keyOf, pathOf } from './gateway-call.ts'
import { certificateTable, type RenewedGateway, renewalFacts } from './gateway-text.ts'
import { STANDARD_OUTPUT, writeSecretFile } from './secret-output.ts'

const json = { json: JSON_OPTION }

const CONFIG: Command = {
  words: ['gateway', 'config'],
  operands: ['fqdn'],
  meaning: 'print a gateway’s OpenVPN profile, which holds its private key',
  options: {
    output: { meaning: 'write it to this file, readable by you alone; "-" is the standard output', value: 'file' },
  },
  examples: ['vpnunit gateway config router.johndoe.example.org --output router.ovpn'],
  run: async (call) => {
    const profile = await call.api.text(`${pathOf(call)}/config`)
    const { output = STANDARD_OUTPUT } = call.values
    if (output === STANDARD_OUTPUT) call.print(profile)
    else writeSecretFile(output, profile)
  },
}

const RENEW: Command = {
  words: ['gateway', 'renew'],
  operands: ['fqdn'],
  meaning: 'give a gateway a new key pair and certificate',
  options: {
    force: { meaning: 'although it is not due' },
    old: { meaning: 'what becomes of the former certificate', value: 'fate', choices: FORMER },
    ...KEY_OPTIONS,
    ...json,
  },
  examples: [
    'vpnunit gateway renew router.johndoe.example.org',
    'vpnunit gateway renew router.johndoe.example.org --force --old revoke',
  ],
  run: async (call) => {
    const wanted = { force: call.switches.has('force'), old: call.values.old, ...keyOf(call) }
    show(call, await call.api.json<RenewedGateway>('POST', `${pathOf(call)}/renew`, wanted), renewalFacts)
  },
}

const LAN: Command = {
  words: ['gateway', 'lan'],
  operands: ['fqdn'],
  meaning: 'print what puts one of a gateway’s networks on a LAN of its router',
  options: {
    interface: { meaning: 'the LAN’s device; for openwrt the interface section', value: 'device', isNeeded: true },
    format: {
      meaning: `for which program, ${DEFAULT_LAN_FORMAT} when it is not given`,
      value: 'program',
      choices: LAN_FORMATS,
    },
    network: { meaning: 'which of its networks, 0 to f; 0 when it is not given', value: 'n' },
  },
  examples: [
    'vpnunit gateway lan router.johndoe.example.org --interface eth1 --format radvd',
    'vpnunit gateway lan router.johndoe.example.org --interface br-lan --format systemd-networkd --network 1',
    'vpnunit gateway lan router.johndoe.example.org --interface lan --format openwrt',
  ],
  run: async (call) => call.print(inOptions(await call.api.text(`${pathOf(call)}/lan?${queryOf(call)}`))),
}

const CERTIFICATES: Command = {
  words: ['gateway', 'certificates'],
  operands: ['fqdn'],
  meaning: 'list every certificate of a gateway',
  options: json,
  examples: ['vpnunit gateway certificates router.johndoe.example.org'],
  run: async (call) => {
    show(call, await call.api.json<CertificateRecordView[]>('GET', `${pathOf(call)}/certificates`), certificateTable)
  },
}

/** vpnunit gateway …, as far as what is made for it is concerned. */
export const CERTIFICATE_COMMANDS: readonly Command[] = [CONFIG, RENEW, LAN, CERTIFICATES]

/** Comments that name another format say how it is asked for: as a query there, as an option here. */
function inOptions(text: string): string {
  return text.replaceAll(/(?<=^#.*)\bformat=(?=[a-z])/gm, '--format ')
}

function queryOf({ values }: Call): URLSearchParams {
  return new URLSearchParams(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}
