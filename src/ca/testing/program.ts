import { execFileSync } from 'node:child_process'

/** What a program answered: whether it ended well, and all it printed. */
export type Answer = { isWell: boolean; output: string }

/** Runs a program to its end, with a list of arguments and never by a shell. A failure is an answer too. */
export function run(program: string, args: readonly string[], input: string | Buffer = ''): Answer {
  try {
    return { isWell: true, output: execFileSync(program, args, { input, stdio: 'pipe', encoding: 'utf8' }) }
  } catch (error) {
    const { stdout, stderr, status } = error as { stdout?: string; stderr?: string; status?: number | null }
    if (typeof status !== 'number') throw error
    return { isWell: false, output: `${stdout}${stderr}` }
  }
}

export function openssl(args: readonly string[], input?: string | Buffer): Answer {
  return run('openssl', args, input)
}

/** For tap's `skip`: the reason when a program can't be run here, otherwise false. */
export function missing(program: string, args: readonly string[]): string | false {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? `${program} is not installed here` : false
  }
}

export const noOpenssl = missing('openssl', ['version'])
export const noOpenvpn = missing('openvpn', ['--version'])
