/** How much is measured: a check that it works, the usual run, and one with a large installation. */
export type Sizes = {
  /** Runs of each comparison. */
  pairs: number
  /** Gateways of the /40 before anything is measured there. */
  populated: number
  /** Gateways issued in one run, one after the other. */
  sequential: number
  /** Gateways issued in one run at concurrency 16. */
  concurrent: number
  /** Gateways of the /48 when the cost of one more is measured, the last of them made to warm up, and in one run of that. */
  grown: number
  warmth: number
  growth: number
  /** Gateways of the full /48 when it is read and started. */
  full: number
  /** Revoked certificates before a revocation is measured, and revocations in one run. */
  revoked: number
  revocations: number
  /** Requests in one run of reading one gateway, and of reading all. */
  reads: number
  lists: number
  /** Changes that an agent is to hear of, CONNECTs that it is to decide in one run, and gateways it knows then. */
  changes: number
  connects: number
  known: number
  /** Clients of a reconnect storm, storms of each variant, and those of them that the scripts have too. */
  clients: number
  storms: number
  scripted: number
}

export const CONCURRENCY = 16

const DEFAULT: Sizes = {
  pairs: 7,
  populated: 4000,
  sequential: 150,
  concurrent: 400,
  grown: 4000,
  warmth: 400,
  growth: 60,
  full: 4064,
  revoked: 4000,
  revocations: 20,
  reads: 4000,
  lists: 20,
  changes: 120,
  connects: 10_000,
  known: 4064,
  clients: 200,
  storms: 5,
  scripted: 5,
}

const QUICK: Sizes = {
  pairs: 5,
  populated: 200,
  sequential: 20,
  concurrent: 48,
  grown: 200,
  warmth: 40,
  growth: 10,
  full: 256,
  revoked: 100,
  revocations: 3,
  reads: 500,
  lists: 5,
  changes: 20,
  connects: 2000,
  known: 256,
  clients: 30,
  storms: 1,
  scripted: 1,
}

const FULL: Sizes = { ...DEFAULT, populated: 40_000 }

/** What is measured: everything that needs no rights, or one part. */
export const PARTS = ['service', 'agent', 'storm'] as const
export type Part = (typeof PARTS)[number]

/** What the words of the command line ask for. @throws Error when it is unknown */
export function readWords(words: readonly string[]): { parts: readonly Part[]; sizes: Sizes } {
  const flags = words.filter((word) => word.startsWith('--'))
  const parts = PARTS.filter((part) => words.includes(part))
  const unknown = words.find((word) => !flags.includes(word) && !parts.some((part) => part === word))
  if (unknown !== undefined) throw new Error(`script/bench knows ${PARTS.join(', ')}, not ${unknown}`)
  return { parts: parts.length > 0 ? parts : ['service', 'agent'], sizes: sizesOf(flags) }
}

function sizesOf([flag, ...more]: readonly string[]): Sizes {
  if (flag === undefined) return DEFAULT
  if (flag === '--quick' && more.length === 0) return QUICK
  if (flag === '--full' && more.length === 0) return FULL
  throw new Error(`script/bench knows --quick or --full, not ${[flag, ...more].join(' ')}`)
}
