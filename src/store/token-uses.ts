import type { TokenName } from '../domain/names.ts'
import type { TokenQueries } from './tokens.ts'
import type { WriteQueue } from './write-queue.ts'

/** When tokens were last used: known at once, and written now and then, because no call may wait for that. */
export type TokenUses = {
  note(name: TokenName, at: Date): void
  /** The latest use, if it is not written yet. */
  latest(name: TokenName): Date | undefined
  /** To be called when a token is removed: another one may get its name. */
  forget(name: TokenName): void
  /**
   * Writes what is new, if there is anything.
   * @throws Problem storage-failed; what was not written is written the next time
   */
  flush(): Promise<void>
}

export function createTokenUses({ write }: WriteQueue, tokens: TokenQueries): TokenUses {
  const pending = new Map<TokenName, Date>()
  return {
    note: (name, at) => {
      pending.set(name, at)
    },
    latest: (name) => pending.get(name),
    forget: (name) => {
      pending.delete(name)
    },
    flush: async () => {
      if (pending.size === 0) return
      const written = await write(() => {
        // Read in here: a removal that was waiting before this one has forgotten its token by now.
        const uses = [...pending]
        for (const [name, at] of uses) tokens.setLastUsed(name, at)
        return uses
      })
      for (const [name, at] of written) if (pending.get(name) === at) pending.delete(name)
    },
  }
}
