/** Chance that can be had again. */
export type Random = { below(limit: number): number; pick<T>(choices: readonly T[]): T }

/** mulberry32: the same numbers for the same seed, so that what failed can be tried again. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    below,
    pick: <T>(choices: readonly T[]): T => {
      if (choices.length === 0) throw new Error('there is nothing to pick from')
      return choices[below(choices.length)] as T
    },
  }
}

/** The seed of this run: from the environment variable SEED, or a new one. */
export function readSeed(): number {
  return Number(process.env.SEED ?? Date.now() % 2 ** 31)
}
