import { existsSync, readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import type { SecondSession } from './domain/agent-feed.ts'
import { instanceFault } from './domain/instance.ts'
import type { KeyType } from './domain/key-type.ts'
import { type Plan, planOf } from './domain/plan.ts'
import type { Prefix } from './domain/prefix.ts'
import { Problem } from './domain/problem.ts'
import { isHostNameText } from './domain/scope.ts'
import type { Secret } from './domain/secret.ts'
import { HOME } from './home.ts'
import type { ApiAddress, Remote } from './setting-texts.ts'
import { SETTINGS, type SettingName } from './settings.ts'

/** Everything the environment decides, read once and passed along. */
export type Config = {
  readonly data: string
  readonly run: string
  readonly host: string
  readonly port: number
  readonly tls: { certificate: string; key: string } | undefined
  readonly adminToken: Secret | undefined
  readonly plan: Plan
  readonly renumberFrom: Prefix | undefined
  readonly remote: Remote
  readonly serverName: string | undefined
  readonly pushRoutes: readonly Prefix[]
  readonly keyType: KeyType
  readonly certDays: number
  readonly renewDays: number
  readonly crlDays: number
  readonly passphraseFile: string | undefined
  readonly device: string
  readonly instances: readonly number[]
  readonly hostName: string
  readonly agentData: string
  readonly secondSession: SecondSession
  readonly sessionDays: number
  readonly isSharedKillAllowed: boolean
  readonly isFirewallLogged: boolean
  readonly hasSessionFiles: boolean
  readonly api: ApiAddress
  /** What the agent asks: never the administrator's socket, unless it is told to. */
  readonly agentApi: ApiAddress
  readonly tokenFile: string | undefined
  readonly logLevel: string
}

/** All that is wrong with the environment, a line each, every line beginning with the setting's name. */
export class ConfigError extends Error {
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(`wrong settings:\n${faults.map((fault) => `  ${fault}`).join('\n')}`)
    this.name = 'ConfigError'
    this.faults = faults
  }
}

/**
 * The environment with the `.env` file of the checkout below it: what is set outside wins.
 * VPNUNIT_ENV_FILE names another file, or none when it is empty.
 */
export function readEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const named = env.VPNUNIT_ENV_FILE
  const file = named === '' ? '' : resolve(HOME, named ?? '.env')
  if (file === '' || (named === undefined && !existsSync(file))) return env
  // An empty value counts as none, and so hides none.
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  return { ...parseEnv(readFileSync(file, 'utf8')), ...set }
}

/**
 * The environment as a frozen Config.
 * @throws ConfigError naming every fault at once; an unknown VPNUNIT_ name is one, so that a typo never means the default
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const faults = unknownSettings(env)
  const get = <N extends SettingName>(name: N): Value<N> => read(env, name, faults)
  const data = get('VPNUNIT_DATA')
  const run = get('VPNUNIT_RUN') ?? join(data ?? '', 'run')
  const api = get('VPNUNIT_API')
  const config: Config = {
    data,
    run,
    host: get('VPNUNIT_HOST'),
    port: get('VPNUNIT_PORT'),
    tls: readTls(get('VPNUNIT_TLS_CERT'), get('VPNUNIT_TLS_KEY'), faults),
    adminToken: get('VPNUNIT_ADMIN_TOKEN'),
    plan: planOrNone(get('VPNUNIT_PREFIX')),
    renumberFrom: get('VPNUNIT_RENUMBER_FROM'),
    remote: get('VPNUNIT_REMOTE'),
    serverName: get('VPNUNIT_SERVER_NAME'),
    pushRoutes: get('VPNUNIT_PUSH_ROUTES'),
    keyType: get('VPNUNIT_KEY_TYPE'),
    certDays: get('VPNUNIT_CERT_DAYS'),
    renewDays: get('VPNUNIT_RENEW_DAYS'),
    crlDays: get('VPNUNIT_CRL_DAYS'),
    passphraseFile: get('VPNUNIT_CA_PASSPHRASE_FILE'),
    device: get('VPNUNIT_DEVICE'),
    instances: get('VPNUNIT_INSTANCES'),
    hostName: get('VPNUNIT_HOST_NAME') ?? machineName(),
    agentData: get('VPNUNIT_AGENT_DATA') ?? join(data ?? '', 'agent'),
    secondSession: get('VPNUNIT_SECOND_SESSION'),
    sessionDays: get('VPNUNIT_SESSION_DAYS'),
    isSharedKillAllowed: get('VPNUNIT_SHARED_KILL'),
    isFirewallLogged: get('VPNUNIT_FIREWALL_LOG'),
    hasSessionFiles: get('VPNUNIT_SESSION_FILES'),
    api: api ?? { socket: join(data ?? '', 'vpnunit.sock') },
    agentApi: api ?? { socket: join(run, 'agent.sock') },
    tokenFile: get('VPNUNIT_TOKEN_FILE'),
    logLevel: get('VPNUNIT_LOG_LEVEL'),
  }
  checkPlainText(config, get('VPNUNIT_ALLOW_PLAIN_HTTP'), faults)
  if (config.renewDays >= config.certDays) {
    faults.push(`VPNUNIT_RENEW_DAYS must be less than VPNUNIT_CERT_DAYS, which is ${config.certDays}`)
  }
  if (faults.length === 0) faults.push(...instanceFaults(config))
  if (faults.length > 0) throw new ConfigError(faults)
  return Object.freeze(config)
}

type Value<N extends SettingName> = ReturnType<(typeof SETTINGS)[N]['parse']> | OptionalValue<N>
type OptionalValue<N extends SettingName> = (typeof SETTINGS)[N] extends { optional: true } ? undefined : never

function unknownSettings(env: NodeJS.ProcessEnv): string[] {
  return Object.keys(env)
    .filter((name) => name.startsWith('VPNUNIT_') && name !== 'VPNUNIT_ENV_FILE' && !(name in SETTINGS))
    .map((name) => `${name} is no setting; there are ${Object.keys(SETTINGS).join(', ')}`)
}

/** An empty value counts as none: a compose file that passes a variable on passes "" when it is not set. */
function read<N extends SettingName>(env: NodeJS.ProcessEnv, name: N, faults: string[]): Value<N> {
  const setting = SETTINGS[name]
  const text = env[name] || setting.fallback
  if (text === undefined) return undefined as Value<N>
  try {
    return setting.parse(text) as Value<N>
  } catch (error) {
    faults.push(faultOf(name, error))
    return undefined as Value<N>
  }
}

function faultOf(name: string, error: unknown): string {
  const words = error instanceof Error ? error.message : String(error)
  return error instanceof Problem ? `${name}: ${words}` : `${name} ${words}`
}

function planOrNone(site: Prefix | undefined): Plan {
  return site === undefined ? { site: { address: 0n, length: 0 }, userBits: 0 } : planOf(site)
}

function readTls(certificate: string | undefined, key: string | undefined, faults: string[]): Config['tls'] {
  if (certificate !== undefined && key !== undefined) return { certificate, key }
  if (certificate !== undefined) faults.push('VPNUNIT_TLS_KEY must be set when VPNUNIT_TLS_CERT is')
  if (key !== undefined) faults.push('VPNUNIT_TLS_CERT must be set when VPNUNIT_TLS_KEY is')
  return undefined
}

/** The token of an administrator must not cross a network in the clear by an oversight. */
function checkPlainText(config: Config, isAllowed: boolean, faults: string[]): void {
  if (config.host === undefined || config.tls !== undefined || isAllowed || isLoopback(config.host)) return
  faults.push(
    `VPNUNIT_HOST ${config.host} is not a loopback address: set VPNUNIT_TLS_CERT and VPNUNIT_TLS_KEY, or VPNUNIT_ALLOW_PLAIN_HTTP=yes if plain text is meant`,
  )
}

/** Hosts are called by the name of a machine, whatever it was given, as far as it fits a path of the API. */
function machineName(): string {
  const name = hostname()
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]/g, '-')
  return isHostNameText(name) ? name : 'localhost'
}

function instanceFaults({ instances, remote, device }: Config): string[] {
  const found = instances.map((instance) => instanceFault(instance, { port: remote.port, device }))
  return found.filter((fault) => fault !== undefined).map((fault) => `VPNUNIT_INSTANCES ${fault}`)
}

function isLoopback(address: string): boolean {
  return isIP(address) === 4 ? address.startsWith('127.') : address === '::1'
}
