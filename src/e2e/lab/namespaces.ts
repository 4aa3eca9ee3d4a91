import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Answer, type ExecOptions, exec, run } from './exec.ts'
import { type Owner, undoAtEnd } from './undo.ts'

/** `ip netns exec` puts the files of this folder in the place of those in /etc. */
const ETC = '/etc/netns'

/** A network namespace: a host of its own, as far as the network goes. */
export class Namespace {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }

  /** Program and arguments that run a program inside. `ip` becomes it, so the process id is the program's own. */
  command(file: string, args: readonly string[]): [string, string[]] {
    return ['ip', ['netns', 'exec', this.name, file, ...args]]
  }

  exec(file: string, args: readonly string[], options?: ExecOptions): Promise<Answer> {
    return exec(...this.command(file, args), options)
  }

  run(file: string, args: readonly string[], options?: ExecOptions): Promise<string> {
    return run(...this.command(file, args), options)
  }

  /** Commands of `ip`, one a line. */
  async ip(...lines: string[]): Promise<void> {
    await run('ip', ['-n', this.name, '-batch', '-'], { input: `${lines.join('\n')}\n` })
  }

  /** Commands of `ip -6`, where a route without an address would be taken for one of IPv4. */
  async ip6(...lines: string[]): Promise<void> {
    await run('ip', ['-6', '-n', this.name, '-batch', '-'], { input: `${lines.join('\n')}\n` })
  }

  async forward(): Promise<void> {
    await this.run('sysctl', ['-qw', 'net.ipv6.conf.all.forwarding=1'])
  }
}

/** Makes a namespace whose name no other run has, with `lo` up, and removes it at the end of the owner's test. */
export async function addNamespace(owner: Owner, name: string, hosts: Record<string, string> = {}): Promise<Namespace> {
  const namespace = new Namespace(`vpnunit-${process.pid}-${randomBytes(2).toString('hex')}-${name}`)
  undoAtEnd(
    owner,
    async () => remove(namespace),
    () => remove(namespace),
  )
  writeHosts(namespace, hosts)
  await run('ip', ['netns', 'add', namespace.name])
  await namespace.ip('link set lo up')
  // Nobody else can have the addresses here, and the search for a double would take a second for each of them.
  await namespace.run('sysctl', ['-qw', 'net.ipv6.conf.all.accept_dad=0', 'net.ipv6.conf.default.accept_dad=0'])
  return namespace
}

/** Joins two namespaces by a cable, both ends up. */
export async function addLink(from: Namespace, device: string, to: Namespace, toDevice: string): Promise<void> {
  const ends = ['link', 'add', device, 'netns', from.name, 'type', 'veth', 'peer', 'name', toDevice, 'netns', to.name]
  await run('ip', ends)
  await from.ip(`link set ${device} up`)
  await to.ip(`link set ${toDevice} up`)
}

function writeHosts(namespace: Namespace, hosts: Record<string, string>): void {
  const lines = Object.entries(hosts).map(([name, address]) => `${address} ${name}\n`)
  if (lines.length === 0) return
  mkdirSync(join(ETC, namespace.name), { recursive: true })
  writeFileSync(join(ETC, namespace.name, 'hosts'), lines.join(''))
}

function remove(namespace: Namespace): void {
  if (existsSync(join('/run/netns', namespace.name))) execFileSync('ip', ['netns', 'del', namespace.name])
  rmSync(join(ETC, namespace.name), { recursive: true, force: true })
  if (existsSync(ETC) && readdirSync(ETC).length === 0) rmdirSync(ETC)
}
