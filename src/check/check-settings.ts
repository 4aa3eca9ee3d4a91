import { isIP } from 'node:net'
import type { Config, ConfigError } from '../config.ts'
import { type Finding, orFine, problem, warning } from './finding.ts'

/** Each fault of the environment. */
export function faultyEnvironment({ faults }: ConfigError): Finding[] {
  return faults.map((fault) => problem('setting', fault, 'vpnunit settings lists every setting'))
}

/** What settings say that is allowed and hardly meant. */
export function checkSettings({ remote }: Config): Finding[] {
  const findings: Finding[] = []
  if (isLoopback(remote.host)) {
    findings.push(
      warning(
        'remote-is-local',
        `VPNUNIT_REMOTE is ${remote.host}: a device with such a profile connects to itself`,
        'set it to where clients find the server before profiles are given out',
      ),
    )
  }
  return orFine(findings, 'settings', 'the settings are right')
}

function isLoopback(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.')
  return host === '::1' || host === 'localhost' || host.endsWith('.localhost')
}
