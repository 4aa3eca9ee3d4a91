import type { Owner } from '../../e2e/lab/undo.ts'

/** What the lab of the tests needs of a test, for a benchmark: it undoes what was done, the last one first. */
export class Undoing implements Owner {
  readonly #handlers: (() => Promise<void>)[] = []

  teardown(handler: () => Promise<void>): void {
    this.#handlers.push(handler)
  }

  /** @throws Error the first that came, when all of it was tried */
  async undo(): Promise<void> {
    const errors: unknown[] = []
    for (const handler of this.#handlers.splice(0).reverse()) {
      await handler().catch((error: unknown) => errors.push(error))
    }
    if (errors.length > 0) throw errors[0]
  }
}

/** Does something, and undoes what it did. */
export async function undone<T>(act: (owner: Undoing) => Promise<T>): Promise<T> {
  const owner = new Undoing()
  try {
    return await act(owner)
  } finally {
    await owner.undo()
  }
}
