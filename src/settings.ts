import {
  parseAddress,
  parseApi,
  parseDevice,
  parseHostName,
  parseInstances,
  parseKeyType,
  parseLogLevel,
  parsePath,
  parsePrefixes,
  parseRemote,
  parseRunFolder,
  parseSecondSession,
  parseServerName,
  parseSitePrefix,
  parseToken,
  wholeNumber,
  yesOrNo,
} from './setting-texts.ts'

/** One setting: what stands for it when it is not set, what it means, and how its text becomes a value. */
type Setting<T> = { optional: boolean; fallback: string | undefined; meaning: string; parse: (text: string) => T }

function required<T>(fallback: string, meaning: string, parse: (text: string) => T): Setting<T> & { optional: false } {
  return { optional: false, fallback, meaning, parse }
}

function optional<T>(meaning: string, parse: (text: string) => T): Setting<T> & { optional: true } {
  return { optional: true, fallback: undefined, meaning, parse }
}

/** Every setting there is. `docs/settings.md` is held against this table. */
export const SETTINGS = {
  VPNUNIT_DATA: required('data', 'The data directory', parsePath),
  VPNUNIT_HOST: required('127.0.0.1', 'The address the API listens on', parseAddress),
  VPNUNIT_PORT: required(
    '8080',
    'The TCP port the API listens on; 0 for none, the unix socket remains',
    wholeNumber(0, 65_535),
  ),
  VPNUNIT_TLS_CERT: optional('The certificate chain of the API, PEM; read again when it changes', parsePath),
  VPNUNIT_TLS_KEY: optional('The key that belongs to it, PEM', parsePath),
  VPNUNIT_ALLOW_PLAIN_HTTP: required(
    'no',
    'Whether the API may be plain text on an address that is not loopback',
    yesOrNo,
  ),
  VPNUNIT_ADMIN_TOKEN: optional(
    'The administrator’s token; without it one is made and kept in admin-token',
    parseToken,
  ),
  VPNUNIT_PREFIX: required('2001:470:c844::/48', 'The site prefix', parseSitePrefix),
  VPNUNIT_RENUMBER_FROM: optional(
    'The site prefix that the gateways leave, where VPNUNIT_PREFIX is to be another one',
    parseSitePrefix,
  ),
  VPNUNIT_REMOTE: required('localhost 1194 udp', 'Where clients connect to: host, port, udp or tcp', parseRemote),
  VPNUNIT_SERVER_NAME: optional('The name in the server’s certificate; kept from the first start on', parseServerName),
  VPNUNIT_PUSH_ROUTES: required(
    '2000::/3',
    'The networks that gateways reach through the tunnel, or "none"',
    parsePrefixes,
  ),
  VPNUNIT_KEY_TYPE: required('ec-p256', 'The key pair made for a gateway that asks for no other', parseKeyType),
  VPNUNIT_CERT_DAYS: required('825', 'How many days a gateway’s certificate lives', wholeNumber(1, 3650)),
  VPNUNIT_RENEW_DAYS: required('30', 'How many days before its end it can be renewed', wholeNumber(0, 3650)),
  VPNUNIT_CRL_DAYS: required('365', 'How many days a revocation list is good for', wholeNumber(1, 3650)),
  VPNUNIT_CA_PASSPHRASE_FILE: optional('The file with the passphrase that encrypts ca.key', parsePath),
  VPNUNIT_DEVICE: required('tun0', 'The tunnel device of the static server', parseDevice),
  VPNUNIT_RUN: optional(
    'The folder of the sockets between agent, apply and OpenVPN; run in the data directory',
    parseRunFolder,
  ),
  VPNUNIT_INSTANCES: required(
    '0',
    'The numbers of the OpenVPN instances of managed mode, such as "0 1"',
    parseInstances,
  ),
  VPNUNIT_HOST_NAME: optional('The name of this VPN host; by default the machine’s', parseHostName),
  VPNUNIT_AGENT_DATA: optional('The folder of the agent’s copy of the state; agent in the data directory', parsePath),
  VPNUNIT_SECOND_SESSION: required(
    'replace',
    'Whether a second connection of a gateway replaces the first or is refused: replace, refuse',
    parseSecondSession,
  ),
  VPNUNIT_SESSION_DAYS: required(
    '400',
    'How many days the history of sessions and traffic is kept',
    wholeNumber(1, 3650),
  ),
  VPNUNIT_SESSION_FILES: required(
    'no',
    'Whether sessions in the data directory has a file for each gateway that is connected',
    yesOrNo,
  ),
  VPNUNIT_FIREWALL_LOG: required(
    'no',
    'Whether packets that the firewall drops go to the kernel’s log, a few a second',
    yesOrNo,
  ),
  VPNUNIT_SHARED_KILL: required('no', 'Whether tools on an instance’s shared socket may end sessions', yesOrNo),
  VPNUNIT_API: optional('What the command line and the agent talk to: unix:<path> or https://…', parseApi),
  VPNUNIT_TOKEN_FILE: optional('The file with their token', parsePath),
  VPNUNIT_LOG_LEVEL: required('info', 'What is logged: trace, debug, info, warn, error or silent', parseLogLevel),
} as const satisfies Record<string, Setting<unknown>>

export type SettingName = keyof typeof SETTINGS
