import { findTool, runTool } from '../run-tool.ts'

/** The table `inet vpnunit` in the kernel. */
export type Nft = {
  /** Whether the kernel would take it. @throws Error with what nft said */
  check(input: string): Promise<void>
  /** One transaction: all of it, or nothing. @throws Error with what nft said */
  load(input: string): Promise<void>
  /** The table as nft prints it, without counters; undefined when there is none. @throws Error when nft does not work */
  list(): Promise<string | undefined>
}

/** The `nft` of this host, or undefined where it is not installed. */
export function openNft(): Nft | undefined {
  const nft = findTool('nft')
  if (nft === undefined) return undefined
  return {
    check: (input) => mustRun(nft, ['-c', '-f', '-'], input),
    load: (input) => mustRun(nft, ['-f', '-'], input),
    list: async () => {
      const { error, stdout, stderr } = await runTool(nft, ['-s', 'list', 'table', 'inet', 'vpnunit'])
      if (error === null) return stdout
      if (/No such file or directory/.test(stderr)) return undefined
      throw faultOf(error, stderr)
    },
  }
}

async function mustRun(nft: string, words: readonly string[], input: string): Promise<void> {
  const { error, stderr } = await runTool(nft, words, input)
  if (error !== null) throw faultOf(error, stderr)
}

function faultOf(error: Error, stderr: string): Error {
  const said = stderr.trim().split('\n')[0] || error.message.split('\n')[0]
  return new Error(`nft does not do its work: ${said}`, { cause: error })
}
