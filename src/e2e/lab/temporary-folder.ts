import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { type Owner, undoAtEnd } from './undo.ts'

/** A folder that everybody may search, as OpenVPN reads what is in it as `nobody`; gone at the end of the test. */
export function temporaryFolder(owner: Owner): string {
  const folder = mkdtempSync('/tmp/vpnunit-e2e-')
  chmodSync(folder, 0o755)
  const remove = () => rmSync(folder, { recursive: true, force: true })
  undoAtEnd(owner, async () => remove(), remove)
  return folder
}
