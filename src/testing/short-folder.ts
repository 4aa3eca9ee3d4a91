import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'

/** A folder of the test alone, whose path leaves room for a socket's: those of t.testdir() are too long. */
export function shortFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'vpnunit-'))
  chmodSync(folder, 0o755)
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
