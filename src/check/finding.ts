/** How bad it is: wrong now, wrong soon, worth knowing, or right. */
export const LEVELS = ['problem', 'warning', 'note', 'ok'] as const
export type Level = (typeof LEVELS)[number]

/** What is looked at, in this order. */
export const SUBJECTS = [
  'settings',
  'server',
  'api-certificate',
  'folders',
  'secrets',
  'database',
  'ca-key',
  'storage-key',
  'fit',
  'authority',
  'server-certificate',
  'crl',
  'files',
] as const
export type Subject = (typeof SUBJECTS)[number]

/** What can be wrong. Programs go by these names: they stay. */
export const FAULTS = [
  'setting',
  'remote-is-local',
  'api-certificate-unusable',
  'api-certificate-ending',
  'api-certificate-ended',
  'data-missing',
  'data-closed',
  'data-not-readable',
  'data-not-writable',
  'socket-path-too-long',
  'secret-too-open',
  'open-to-others',
  'owners-differ',
  'not-founded',
  'database-missing',
  'database-unreadable',
  'database-busy',
  'database-damaged',
  'database-foreign',
  'database-newer',
  'migration-pending',
  'ca-key-missing',
  'ca-key-unusable',
  'ca-key-of-another',
  'ca-key-not-encrypted',
  'passphrase-unreadable',
  'storage-key-missing',
  'storage-key-of-another',
  'settings-do-not-fit',
  'authority-ending',
  'authority-ended',
  'server-certificate-missing',
  'server-certificate-ending',
  'server-certificate-ended',
  'crl-missing',
  'crl-unusable',
  'crl-ending',
  'crl-ended',
  'crl-of-the-future',
  'crl-behind',
  'crl-ahead',
  'files-differ',
] as const
export type Fault = (typeof FAULTS)[number]

/** One thing that was looked at, and what to do about it unless it is right. */
export type Finding = { level: Level; code: Subject | Fault; detail: string; remedy: string }

export function problem(code: Fault, detail: string, remedy: string): Finding {
  return { level: 'problem', code, detail, remedy }
}

export function warning(code: Fault, detail: string, remedy: string): Finding {
  return { level: 'warning', code, detail, remedy }
}

export function note(code: Fault, detail: string, remedy: string): Finding {
  return { level: 'note', code, detail, remedy }
}

export function fine(code: Subject, detail: string): Finding {
  return { level: 'ok', code, detail, remedy: '' }
}

export function isProblem({ level }: Finding): boolean {
  return level === 'problem'
}

/** The findings, or that all is right when there is none. */
export function orFine(findings: readonly Finding[], code: Subject, detail: string): Finding[] {
  return findings.length > 0 ? [...findings] : [fine(code, detail)]
}

/** What went wrong, in its own words. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
