import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PolicyDifference, PolicyView } from '../http/policy-document.ts'
import { type Call, show } from './command.ts'
import { differenceText } from './difference-text.ts'
import { formatPolicy, parsePolicy } from './policy-file.ts'
import { WrongUsage } from './wrong-usage.ts'

/** As git and others do it: the shell splits what the variable holds, and the file is one word. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's, not ours
const EDIT = '${VISUAL:-${EDITOR:-vi}} "$1"'

/** Lets the policy be edited, and applies what was saved. A text that is refused is kept: it was work. */
export async function editPolicy(call: Call): Promise<void> {
  const { value, etag } = await call.api.tagged<PolicyView>('/policy')
  const folder = mkdtempSync(join(tmpdir(), 'vpnunit-policy-'))
  const file = join(folder, 'policy.yaml')
  const text = await formatPolicy(value)
  writeFileSync(file, text, { mode: 0o600 })
  try {
    openEditor(file)
    const edited = readFileSync(file, 'utf8')
    if (edited === text) {
      call.complain('nothing was edited')
    } else {
      const policy = await parsePolicy(edited, file)
      const difference = await call.api.json<PolicyDifference>('PUT', '/policy', policy, { 'if-match': etag })
      show(call, difference, () => differenceText(difference, false))
    }
  } catch (error) {
    // Whoever leaves the editor with a fault and has written nothing leaves nothing to be kept.
    if (isAsWritten(file, text)) rmSync(folder, { recursive: true, force: true })
    else call.complain(`your text is kept in ${file}`)
    throw error
  }
  rmSync(folder, { recursive: true, force: true })
}

function isAsWritten(file: string, text: string): boolean {
  try {
    return readFileSync(file, 'utf8') === text
  } catch {
    // It is gone: what the editor made of it, nobody knows.
    return false
  }
}

function openEditor(file: string): void {
  const { status, error } = spawnSync('sh', ['-c', EDIT, 'sh', file], { stdio: 'inherit' })
  if (status !== 0) throw new WrongUsage(`the editor failed: ${error?.message ?? `exit code ${status}`}`)
}
