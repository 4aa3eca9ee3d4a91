import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { layoutOf, makeFolders } from '../publish/layout.ts'
import { checkFolders, unusableData } from './check-folders.ts'
import { codesOf, shortFolder } from './testing/installation.ts'

/** What a user without rights finds, who loads the program before he becomes it. */
function asNobody(call: 'checkFolders' | 'unusableData', data: string): unknown {
  const program = `import { ${call} } from ${JSON.stringify(join(import.meta.dirname, 'check-folders.ts'))}
    import { layoutOf } from ${JSON.stringify(join(import.meta.dirname, '../publish/layout.ts'))}
    if (process.getuid() === 0) { process.setgroups([]); process.setgid(65534); process.setuid(65534) }
    console.log(JSON.stringify(${call}(layoutOf(${JSON.stringify(data)}))))`
  // tap would have the program tell of itself in a folder that nobody may write.
  const args = ['-i', process.execPath, '--input-type=module', '--eval', program]
  return JSON.parse(execFileSync('env', args, { encoding: 'utf8' }))
}

t.test('a data directory that is not there, or no folder, can’t be used', async (t) => {
  const folder = t.testdir({ file: '' })
  t.match(unusableData(layoutOf(join(folder, 'none'))), {
    code: 'data-missing',
    detail: `no data directory ${folder}/none`,
  })
  t.match(unusableData(layoutOf(join(folder, 'file'))), { code: 'data-missing', detail: 'is no folder' })
  t.equal(unusableData(layoutOf(folder)), undefined)
})

t.test('folders as a start makes them are right', async (t) => {
  const layout = layoutOf(join(shortFolder(t), 'data'))
  makeFolders(layout)
  t.match(checkFolders(layout), [{ level: 'ok' }])
})

t.test('a folder that OpenVPN can’t pass is named once, however much is behind it', async (t) => {
  const layout = layoutOf(join(shortFolder(t), 'data'))
  makeFolders(layout)
  chmodSync(layout.data, 0o750)
  const findings = checkFolders(layout)
  t.same(codesOf(findings), ['problem data-not-readable'])
  t.match(findings[0], { detail: `others may not enter ${layout.data}:`, remedy: `chmod o+x ${layout.data}` })
  chmodSync(layout.data, 0o755)
  chmodSync(layout.pki, 0o700)
  chmodSync(layout.clients, 0o750)
  t.same(codesOf(checkFolders(layout)), ['problem data-not-readable', 'problem data-not-readable'])
})

t.test('folders that are missing are the next start’s to make', async (t) => {
  const layout = layoutOf(shortFolder(t))
  mkdirSync(layout.pki)
  t.same(codesOf(checkFolders(layout)), [])
})

t.test('a path that is too long for a socket is said before a start fails of it', async (t) => {
  const folder = shortFolder(t)
  const data = join(folder, 'x'.repeat(107 - '/vpnunit.sock'.length - folder.length - 1))
  mkdirSync(data)
  t.same(codesOf(checkFolders(layoutOf(data))), [], '107 octets are allowed')
  const longer = `${data}x`
  mkdirSync(longer)
  t.match(checkFolders(layoutOf(longer)), [{ code: 'socket-path-too-long', detail: 'is too long' }])
})

t.test('a data directory that is closed to the caller is said so', async (t) => {
  const data = join(t.testdir({}), 'data')
  mkdirSync(data, { mode: 0o700 })
  if (process.getuid?.() !== 0) chmodSync(data, 0o000)
  t.teardown(() => rmSync(data, { recursive: true, force: true }))
  t.match(asNobody('unusableData', data), {
    code: 'data-closed',
    detail: 'EACCES',
    remedy: 'as the user the service runs as',
  })
})

t.test('a folder that can’t be written is named', async (t) => {
  const layout = layoutOf(join(shortFolder(t), 'data'))
  makeFolders(layout)
  if (process.getuid?.() !== 0) for (const folder of [layout.data, layout.ip]) chmodSync(folder, 0o555)
  else chmodSync(layout.data, 0o755)
  writeFileSync(join(layout.clients, 'a.example.org'), '')
  const findings = asNobody('checkFolders', layout.data) as { code: string; detail: string }[]
  t.match(findings[0], { code: 'data-not-writable', detail: `nothing can be written into ${layout.data}: EACCES` })
  t.ok(findings.some(({ detail }) => detail.includes(layout.ip)))
})
