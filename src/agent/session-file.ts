import { join } from 'node:path'
import { parseFqdn } from '../domain/names.ts'
import { type Complaint, jsonParts, readJson, SavedFile } from './saved-file.ts'
import type { Session, SessionTable } from './sessions.ts'

const NAME = 'sessions.json'

/** Keeps the established sessions on disk: OpenVPN does not tell of a client's certificate again. */
export function keepSessions(folder: string, sessions: SessionTable, complain: Complaint): SavedFile {
  return new SavedFile(join(folder, NAME), () => jsonParts({}, 'sessions', established(sessions)), complain)
}

function* established(sessions: SessionTable): Iterable<Session> {
  for (const session of sessions.all()) if (session.phase === 'established') yield session
}

/** The sessions of a former life. What is damaged counts as none, and is said. */
export function readSessions(folder: string, complain: Complaint): Session[] {
  try {
    const saved = readJson(join(folder, NAME)) as { sessions: Session[] } | undefined
    return (saved?.sessions ?? []).map(check).sort((one, other) => one.rank - other.rank)
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    complain(`${join(folder, NAME)} is damaged and counts as none: ${words}`)
    return []
  }
}

function check(session: Session): Session {
  const { instance, cid, generation, startedAt, realAddress, address, serial, bytesIn, bytesOut, rank } = session
  const numbers = [instance, cid, bytesIn, bytesOut, rank]
  const texts = [generation, startedAt, realAddress, address, serial ?? '']
  const { candidates = [] } = session
  if (!Array.isArray(candidates)) throw new Error('a session is wrong')
  const isText = (text: unknown) => typeof text === 'string'
  const isRight = numbers.every(Number.isSafeInteger) && [...texts, ...candidates].every(isText)
  if (!isRight) throw new Error('a session is wrong')
  return { ...session, gateway: parseFqdn(session.gateway), phase: 'established', ending: undefined }
}
