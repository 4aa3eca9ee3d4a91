import { join } from 'node:path'
import type { Log } from './host.ts'
import { Outbox } from './outbox.ts'
import { keepSessions, readSessions } from './session-file.ts'
import { SessionTable } from './sessions.ts'
import { Spool } from './spool.ts'
import { StateCopy } from './state-copy.ts'
import { keepState, readState } from './state-file.ts'

/** What an agent knows, and keeps on disk for its next life. */
export type Memory = {
  readonly copy: StateCopy
  readonly sessions: SessionTable
  readonly outbox: Outbox
  readonly spool: Spool
  stateChanged(): void
  sessionsChanged(): void
  /** Writes what is not written yet. */
  flush(): Promise<void>
}

/** Opens the folder of the copy, with what a former life has kept there. */
export function openMemory(folder: string, instances: readonly number[], log: Log): Memory {
  const complain = (words: string) => log.error({}, words)
  const [copy, sessions, outbox] = [new StateCopy(), new SessionTable(), new Outbox()]
  const spool = new Spool(join(folder, 'events.jsonl'), outbox, complain)
  const stateFile = keepState(folder, copy, complain)
  const sessionFile = keepSessions(folder, sessions, complain)
  readState(folder, copy, complain)
  spool.read()
  // Those of instances that are this host's no more are nobody's: the service sees to it by what is present.
  const found = readSessions(folder, complain).filter(({ instance }) => instances.includes(instance))
  for (const session of found) sessions.add(session)
  return {
    copy,
    sessions,
    outbox,
    spool,
    stateChanged: () => stateFile.changed(),
    sessionsChanged: () => sessionFile.changed(),
    flush: async () => {
      await Promise.all([stateFile.flush(), sessionFile.flush()])
    },
  }
}
