import { spawnSync } from 'node:child_process'
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { availableParallelism, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { median } from './table.ts'

const FSYNCS = 200
const BLOCK = Buffer.alloc(4096, 1)

/** What the figures depend on, without saying which machine it is. */
export function describeMachine(folder: string): string {
  const memory = Math.round(totalmem() / 2 ** 30)
  const debian = readFileSync('/etc/debian_version', 'utf8').trim()
  const linux = /^\d+\.\d+/.exec(release())?.[0]
  const parts = [
    `${availableParallelism()} cores, ${memory} GiB, Linux ${linux}, Debian ${debian}, Node ${process.versions.node}`,
    `fsync of 4 KiB ${fsyncMs(folder).toFixed(2)} ms`,
    ...['easy-rsa', 'golang-cfssl', 'openssl', 'openvpn', 'python3', 'nftables'].flatMap(versionOf),
  ]
  return `${parts.join('; ')}.\n`
}

/** None when it is not installed: not every part needs all of them. */
function versionOf(name: string): string[] {
  const { status, stdout } = spawnSync('dpkg-query', ['--show', name])
  const [, version = ''] = status === 0 ? stdout.toString().trim().split('\t') : []
  return version === '' ? [] : [`${name} ${version}`]
}

function fsyncMs(folder: string): number {
  const file = openSync(join(folder, 'fsync'), 'a')
  const times = Array.from({ length: FSYNCS }, () => {
    const startedMs = performance.now()
    writeSync(file, BLOCK)
    fsyncSync(file)
    return performance.now() - startedMs
  })
  closeSync(file)
  return median(times)
}
