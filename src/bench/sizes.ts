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
}

const FULL: Sizes = { ...DEFAULT, populated: 40_000 }

export function sizesOf(flag: string | undefined): Sizes {
  if (flag === undefined) return DEFAULT
  if (flag === '--quick') return QUICK
  if (flag === '--full') return FULL
  throw new Error(`script/bench knows --quick and --full, not ${flag}`)
}
