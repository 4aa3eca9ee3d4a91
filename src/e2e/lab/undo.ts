/** What ends and takes away what it started: a test of tap is one. */
export type Owner = { teardown: (handler: () => Promise<void>) => unknown }

/** Every undoing of this process, done or not: each must be able to run again and find nothing to do. */
const all: (() => void)[] = []

const ended = new WeakSet<Owner>()

/**
 * Has `undo` run at the end of the owner's test, the last one first. When this process ends, `undoNow` runs in any
 * case: namespaces and processes that a test leaves behind stay until the machine is restarted, and a test that ran
 * out of time is still at work when its end has already been.
 */
export function undoAtEnd(owner: Owner, undo: () => Promise<void>, undoNow: () => void): void {
  if (all.length === 0) undoAllAtExit()
  all.push(undoNow)
  owner.teardown(async () => {
    ended.add(owner)
    await undo()
  })
  if (!ended.has(owner)) return
  undoNow()
  throw new Error('the test is over')
}

function undoAllAtExit(): void {
  process.once('exit', undoAll)
  // With SIGALRM tap ends a test file that ran out of time, half a second before SIGKILL.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGALRM'] as const) process.once(signal, () => process.exit(1))
}

function undoAll(): void {
  for (const undoNow of all.reverse()) {
    try {
      undoNow()
    } catch {
      // The rest is to be undone all the same.
    }
  }
}
