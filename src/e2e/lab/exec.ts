import { execFile } from 'node:child_process'

export type Answer = { code: number | string; stdout: string; stderr: string }

export type ExecOptions = { input?: string; env?: NodeJS.ProcessEnv }

/** Runs a program to its end, never through a shell, and answers whatever its exit code is. */
export function exec(file: string, args: readonly string[], options: ExecOptions = {}): Promise<Answer> {
  return new Promise((resolve) => {
    const env = options.env ?? process.env
    const child = execFile(file, args, { env, encoding: 'utf8', maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : (error.code ?? error.signal ?? 'killed'), stdout, stderr })
    })
    // A program that ends without reading its input is no failure of ours; its exit code says what it thinks.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(options.input ?? '')
  })
}

/**
 * Runs a program that must succeed, and answers what it printed.
 * @throws Error with the command and all it said
 */
export async function run(file: string, args: readonly string[], options: ExecOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await exec(file, args, options)
  if (code !== 0) throw new Error(`${[file, ...args].join(' ')} ended with ${code}:\n${stdout}${stderr}`)
  return stdout
}
