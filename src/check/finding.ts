/** How bad it is: wrong now, wrong soon, worth knowing, or right. */
export const LEVELS = ['problem', 'warning', 'note', 'ok'] as const
export type Level = (typeof LEVELS)[number]

/** One thing that was looked at. `code` is for programs and stays; what is right needs no remedy. */
export type Finding = { level: Level; code: string; detail: string; remedy: string }

export function problem(code: string, detail: string, remedy: string): Finding {
  return { level: 'problem', code, detail, remedy }
}

export function warning(code: string, detail: string, remedy: string): Finding {
  return { level: 'warning', code, detail, remedy }
}

export function note(code: string, detail: string, remedy: string): Finding {
  return { level: 'note', code, detail, remedy }
}

export function fine(code: string, detail: string): Finding {
  return { level: 'ok', code, detail, remedy: '' }
}

/** The findings, or that all is right when there is none. */
export function orFine(findings: readonly Finding[], code: string, detail: string): Finding[] {
  return findings.length > 0 ? [...findings] : [fine(code, detail)]
}

/** What went wrong, in its own words. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
