import { type Config, ConfigError } from '../config.ts'
import { checkSettings, faultyEnvironment } from './check-settings.ts'
import { type Finding, isProblem } from './finding.ts'
import { inspect } from './inspect.ts'
import { type How, reportOf } from './report.ts'

/** What the shell is told: warnings alone are no fault, so that a script can tell today's trouble from next year's. */
const EXIT = { right: 0, wrong: 1, wrongSettings: 2 } as const

/**
 * Says what is wrong with the settings and the data directory, touching neither, and returns the exit code.
 * @throws what is a bug
 */
export async function check(
  readSettings: () => Config,
  how: How & { print: (text: string) => void },
  now = new Date(),
): Promise<number> {
  const settings = settingsOrFaults(readSettings)
  const findings =
    'faults' in settings ? settings.faults : [...checkSettings(settings), ...(await inspect(settings, now))]
  how.print(reportOf(findings, how))
  if ('faults' in settings) return EXIT.wrongSettings
  return findings.some(isProblem) ? EXIT.wrong : EXIT.right
}

function settingsOrFaults(readSettings: () => Config): Config | { faults: Finding[] } {
  try {
    return readSettings()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { faults: faultyEnvironment(error) }
  }
}
