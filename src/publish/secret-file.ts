import { readIfPresent, replaceFileDurably } from './files.ts'
import { SECRET } from './layout.ts'

/** A secret's file: what is in it, or what `make` makes when there is none, then kept 0600 and on disk. */
export async function readOrMakeSecret(
  path: string,
  make: () => string | Buffer | Promise<string | Buffer>,
): Promise<Buffer> {
  const present = readIfPresent(path)
  if (present !== undefined) return present
  const made = await make()
  await replaceFileDurably(path, made, SECRET)
  return Buffer.from(made)
}
