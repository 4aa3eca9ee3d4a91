import { chmodSync, lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { Config } from '../../config.ts'
import { parseFqdn, parseUserName } from '../../domain/names.ts'
import { createGateway } from '../../provision/create-gateway.ts'
import { createUser } from '../../provision/create-user.ts'
import { deleteGateway } from '../../provision/delete-gateway.ts'
import { setGatewayDisabled } from '../../provision/set-gateway-disabled.ts'
import type { Layout } from '../../publish/layout.ts'
import type { SiteRow } from '../../store/site.ts'
import { openTestUnit, type TestUnit } from '../../testing/test-unit.ts'
import type { Finding } from '../finding.ts'

const CALLER = { actor: 'a test', requestId: 'a-request' }
const ANY = () => undefined

/** An installation with something of everything: a gateway in use, one that is kept out, and one that was removed. */
export type Installation = TestUnit & { config: Config; layout: Layout; site: () => SiteRow }

export async function openInstallation(t: Test, env: Record<string, string> = {}): Promise<Installation> {
  const folder = join(shortFolder(t), 'data')
  const opened = await asService(() =>
    openTestUnit(t, { VPNUNIT_REMOTE: 'vpn.example.org 1194 udp', ...env }, { folder }),
  )
  const { unit } = opened
  const user = parseUserName('ada')
  const key = { keyType: 'ec-p256' } as const
  await createUser(unit, CALLER, { name: user })
  for (const name of ['a.example.org', 'b.example.org', 'c.example.org']) {
    await createGateway(unit, CALLER, { name: parseFqdn(name), user, key })
  }
  await setGatewayDisabled(unit, CALLER, parseFqdn('b.example.org'), true, ANY)
  await deleteGateway(unit, CALLER, parseFqdn('c.example.org'), ANY)
  const site = () => unit.store.site.find() as SiteRow
  return { ...opened, config: unit.config, layout: unit.layout, site }
}

/** With the umask that the service gives itself. */
async function asService<T>(act: () => Promise<T>): Promise<T> {
  const umask = process.umask(0o077)
  try {
    return await act()
  } finally {
    process.umask(umask)
  }
}

/** Open to others, and of a name that leaves room for a socket’s: a test’s own folder is neither. */
export function shortFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'vpnunit-'))
  chmodSync(folder, 0o755)
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** What was found, without what is right: `level code`, in the order of finding. */
export function codesOf(findings: readonly Finding[]): string[] {
  return findings.filter(({ level }) => level !== 'ok').map(({ level, code }) => `${level} ${code}`)
}

/** Everything that somebody could change in a folder without our wanting it: names, inodes, times, sizes, modes, owners. */
export function treeOf(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true }) as string[]
  return ['', ...names.sort()].map((name) => {
    const { ino, mtimeNs, ctimeNs, size, mode, uid, gid, nlink } = lstatSync(join(folder, name), { bigint: true })
    return [name, ino, mtimeNs, ctimeNs, size, mode, uid, gid, nlink].join(' ')
  })
}
