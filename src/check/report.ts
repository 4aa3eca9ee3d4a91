import { type Finding, LEVELS } from './finding.ts'

export type How = { isVerbose: boolean; isJson: boolean }

/** What is printed of the findings, the worst first: a line each, or JSON. What is right is told to who asks for it. */
export function reportOf(findings: readonly Finding[], { isVerbose, isJson }: How): string {
  const told = LEVELS.filter((level) => isVerbose || level !== 'ok').flatMap((level) =>
    findings.filter((finding) => finding.level === level),
  )
  return isJson ? `${JSON.stringify(told)}\n` : told.map(lineOf).join('')
}

function lineOf({ level, detail, remedy }: Finding): string {
  return `${level}: ${[detail, remedy].filter(Boolean).join('; ')}\n`
}
