import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { SECOND_MS } from '../domain/lifetime.ts'

/** Where distributions have them. A PATH could be somebody else's, and this runs as root. */
const FOLDERS = ['/usr/sbin', '/usr/bin', '/sbin', '/bin']

const PATIENCE_MS = 30 * SECOND_MS
const OUTPUT_MAX = 64 * 1024 * 1024

/** What became of a tool: its exit code is in `error`, null when that is 0. */
export type Ending = { error: (Error & { code?: unknown }) | null; stdout: string; stderr: string }

/** The whole path of a tool, or undefined where it is not installed. */
export function findTool(name: string, folders: readonly string[] = FOLDERS): string | undefined {
  return folders.map((folder) => `${folder}/${name}`).find((place) => existsSync(place))
}

/** Runs a tool, without a shell; what it is told comes by its standard input. Never rejects. */
export function runTool(tool: string, words: readonly string[], input = ''): Promise<Ending> {
  const options = { env: { LC_ALL: 'C' }, timeout: PATIENCE_MS, maxBuffer: OUTPUT_MAX, encoding: 'utf8' as const }
  return new Promise((resolve) => {
    const child = execFile(tool, words, options, (error, stdout, stderr) => resolve({ error, stdout, stderr }))
    // One that ends without reading says why by its exit code.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(input)
  })
}
