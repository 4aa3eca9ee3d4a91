import { chmodSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exec } from '../../e2e/lab/exec.ts'
import { Running } from '../../e2e/lab/process.ts'
import type { Owner } from '../../e2e/lab/undo.ts'
import { gatewayName } from '../population.ts'
import { folderIn, type StormHost } from './storm-host.ts'

export const VARIANTS = ['ccd', 'sh', 'python', 'agent'] as const
export type Variant = (typeof VARIANTS)[number]

export const TITLES: Record<Variant, string> = {
  ccd: 'plain ccd',
  sh: 'client-connect, /bin/sh',
  python: 'learn-address, python',
  agent: 'agent',
}

/** Starts OpenVPN as a variant has it. */
export async function startServer(owner: Owner, host: StormHost, variant: Variant): Promise<Running> {
  const config = variant === 'agent' ? 'instance-0.conf' : writeConfig(host, variant)
  if (variant === 'python') await makeTable(host)
  const args = ['--cd', join(host.data, 'ovpn'), '--config', config]
  return Running.start(owner, 'openvpn', args, { namespace: host.topology.server })
}

function writeConfig(host: StormHost, variant: 'ccd' | 'sh' | 'python'): string {
  const published = readFileSync(join(host.data, 'ovpn/server.conf'), 'utf8')
  const file = join(folderIn(host, variant), 'server.conf')
  writeFileSync(file, changed(published, variant, host))
  return file
}

function changed(text: string, variant: 'ccd' | 'sh' | 'python', host: StormHost): string {
  if (variant === 'ccd') return text
  const script = install(host, variant)
  if (variant === 'sh') {
    return `${without(text, 'client-config-dir', 'ccd-exclusive')}\nscript-security 2\nclient-connect ${script}\n`
  }
  // It changes the firewall.
  return `${without(text, 'user', 'group')}\nscript-security 2\nlearn-address ${script}\n`
}

function without(text: string, ...options: string[]): string {
  return text.replace(new RegExp(`^(${options.join('|')})\\b.*\\n`, 'gm'), '')
}

/** Puts a script where nobody may run it. */
function install(host: StormHost, variant: 'sh' | 'python'): string {
  const name = variant === 'sh' ? 'client-connect.sh' : 'learn-address.py'
  const folder = folderIn(host, variant)
  copyFileSync(join(import.meta.dirname, name), join(folder, name))
  chmodSync(join(folder, name), 0o755)
  if (variant === 'python') {
    const groups = ['allow_ssh', 'allow_dns']
    const members = Array.from({ length: host.profiles.length + 1 }, (_, index) => [gatewayName(index), groups])
    writeFileSync(join(folder, 'members.json'), JSON.stringify(Object.fromEntries(members)))
  }
  return join(folder, name)
}

/** An empty firewall for the script to fill; one from a storm before goes. */
async function makeTable({ topology }: StormHost): Promise<void> {
  await topology.server.exec('nft', ['delete', 'table', 'inet', 'learn'])
  const rules = 'table inet learn {\n chain forward {\n type filter hook forward priority 0;\n }\n}\n'
  await topology.server.run('nft', ['-f', '-'], { input: rules })
}

/** Why a script of a storm did nothing; undefined when it did. */
export async function faultOfScripts(host: StormHost, variant: Variant): Promise<string | undefined> {
  if (variant !== 'python') return undefined
  const { stdout } = await exec(...host.topology.server.command('nft', ['list', 'table', 'inet', 'learn']))
  const chains = stdout.match(/jump c_/g)?.length ?? 0
  return chains >= host.profiles.length ? undefined : `the firewall knows ${chains} clients of ${host.profiles.length}`
}
