import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Answer } from './exec.ts'
import type { Namespace } from './namespaces.ts'
import { type Owner, undoAtEnd } from './undo.ts'

/** What brings ip/routes into the kernel. */
export const APPLY_ROUTES = join(import.meta.dirname, '../../../script/apply-routes')

/** The first VPNUnit's cron loop, to the letter but for the path. */
const FIRST_LOOP = `
while read line; do
  COMMAND="ip -6 route add $line"
  eval $COMMAND
done < "$1"
`

export function runFirstLoop(namespace: Namespace, list: string): Promise<Answer> {
  return namespace.exec('sh', ['-c', FIRST_LOOP, 'sh', list])
}

/** The file by which runs of the script in a namespace wait for each other; removed at the end of the owner's test. */
export async function lockOf(owner: Owner, namespace: Namespace): Promise<string> {
  const inode = (await namespace.run('readlink', ['/proc/self/ns/net'])).replace(/\D/g, '')
  const lock = `/run/vpnunit-apply-routes.${inode}.lock`
  let isRemoved = false
  // Once only: the kernel gives the number to a later namespace, and with it the name of the file to another test.
  const remove = () => {
    if (!isRemoved) rmSync(lock, { force: true })
    isRemoved = true
  }
  undoAtEnd(owner, async () => remove(), remove)
  return lock
}
