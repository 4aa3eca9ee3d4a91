import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Answer } from './exec.ts'
import { APPLY_ROUTES, lockOf, runFirstLoop } from './kernel-routes.ts'
import { addNamespace, type Namespace } from './namespaces.ts'
import { Running } from './process.ts'
import { temporaryFolder } from './temporary-folder.ts'
import type { Owner } from './undo.ts'
import { until } from './until.ts'

/** What the script marks its routes with. */
export const OURS = 'proto 118'

/** A VPN host: a namespace with the devices tun0 and tun1, and a checkout that holds nothing but the script. */
export class RouteHost {
  readonly namespace: Namespace
  readonly checkout: string
  /** The list that the script finds by itself. */
  readonly list: string
  /** Who works on this namespace's routes leaves its process id here. */
  readonly lock: string

  private constructor(namespace: Namespace, checkout: string, lock: string) {
    this.namespace = namespace
    this.checkout = checkout
    this.list = join(checkout, 'data/ip/routes')
    this.lock = lock
  }

  static async make(owner: Owner): Promise<RouteHost> {
    const namespace = await addNamespace(owner, 'routes')
    await namespace.ip('tuntap add tun0 mode tun', 'tuntap add tun1 mode tun', 'link set tun0 up', 'link set tun1 up')
    const checkout = temporaryFolder(owner)
    const lock = await lockOf(owner, namespace)
    for (const folder of ['script', 'data/ip']) mkdirSync(join(checkout, folder), { recursive: true, mode: 0o755 })
    copyFileSync(APPLY_ROUTES, join(checkout, 'script/apply-routes'))
    return new RouteHost(namespace, checkout, lock)
  }

  /** Writes the list: whole lines. */
  write(...lines: string[]): void {
    this.writeText(lines.map((line) => `${line}\n`).join(''))
  }

  writeText(text: string): void {
    writeFileSync(this.list, text)
  }

  get script(): string {
    return join(this.checkout, 'script/apply-routes')
  }

  apply(...args: string[]): Promise<Answer> {
    return this.namespace.exec(this.script, args)
  }

  /** Runs the script and tells what it cost: time of processors, which other work on the machine does not lengthen. */
  async applyTimed(...args: string[]): Promise<Answer & { cpuMs: number }> {
    const answer = await this.namespace.exec('sh', [
      '-c',
      '"$@"; code=$?; times >&2; exit $code',
      'sh',
      this.script,
      ...args,
    ])
    // POSIX, times: a line of the shell's own, then one of its children, user and system time in each.
    const times = [
      ...answer.stderr
        .trimEnd()
        .split('\n')
        .slice(-1)
        .join()
        .matchAll(/(\d+)m([\d.]+)s/g),
    ]
    const seconds = times.map(([, minutes, rest]) => Number(minutes) * 60 + Number(rest))
    return { ...answer, cpuMs: Math.round(seconds.reduce((sum, part) => sum + part, 0) * 1000) }
  }

  /** The first VPNUnit's loop over the same list. */
  runFirstLoop(): Promise<Answer> {
    return runFirstLoop(this.namespace, this.list)
  }

  /** The routes of the site prefix in the kernel, a line each, without what says nothing about where they lead. */
  async routes(...filter: string[]): Promise<string[]> {
    const text = await this.namespace.run('ip', ['-6', '-o', 'route', 'show', 'root', '2001:470:c844::/48', ...filter])
    const lines = text.split('\n').filter(Boolean)
    return lines.map((line) => line.replace(/ (linkdown|pref medium|dev lo)/g, '').trim()).sort()
  }

  /** Those that the script made. */
  ours(): Promise<string[]> {
    return this.routes(...OURS.split(' '))
  }

  /** Starts to write down every change of the kernel's routes. */
  async watch(owner: Owner): Promise<Running> {
    const monitor = Running.start(owner, 'ip', ['-6', 'monitor', 'route'], { namespace: this.namespace })
    await until('the monitor hears the kernel', 5000, async () => {
      await this.namespace.ip6('route replace 2001:db8:1::/64 dev tun0')
      return monitor.output !== ''
    })
    return monitor
  }

  /** What the monitor has heard until now: a mark is set behind it, and waited for. */
  async heardBy(monitor: Running): Promise<string> {
    await this.namespace.ip6('route add 2001:db8:2::/64 dev tun0')
    await monitor.waitFor(/2001:db8:2::/, 5000)
    return monitor.output
  }
}
