import { ConfigError, readConfig, readEnvironment } from './config.ts'
import { SETTINGS } from './settings.ts'
import { VERSION } from './version.ts'

type Verb = { meaning: string; run: (args: string[]) => Promise<void> | void }

/** The command line: a verb, what it does. */
const VERBS: Record<string, Verb> = {
  serve: { meaning: 'serve the API in the foreground', run: runServe },
  settings: { meaning: 'print every setting with its default', run: printSettings },
  version: { meaning: 'print the version', run: () => print(VERSION) },
  help: { meaning: 'print this', run: printHelp },
}

/** What the shell is told: 0 done, 1 it failed, 2 the call or a setting is wrong. */
const WRONG_CALL = 2

async function main([name = 'help', ...args]: string[]): Promise<void> {
  const verb = VERBS[ALIASES[name] ?? name]
  if (verb === undefined) {
    complain(`there is no "${name}"; see vpnunit help`)
    process.exitCode = WRONG_CALL
    return
  }
  try {
    await verb.run(args)
  } catch (error) {
    complain(error instanceof Error ? wordsOf(error) : String(error))
    process.exitCode = error instanceof ConfigError ? WRONG_CALL : 1
  }
}

const ALIASES: Record<string, string> = { '--help': 'help', '-h': 'help', '--version': 'version', '-V': 'version' }

/** A refusal to start is said in its own words; anything else is a bug, whose stack is what helps. */
function wordsOf(error: Error): string {
  const isExpected = error instanceof ConfigError || error.name === 'StartError' || 'code' in error || 'cause' in error
  return isExpected ? error.message : (error.stack ?? error.message)
}

async function runServe(args: string[]): Promise<void> {
  if (args.length > 0)
    throw new ConfigError([`serve takes no argument, not "${args[0]}"; settings are in the environment`])
  const config = readConfig(readEnvironment(process.env))
  const { serve } = await import('./serve/serve.ts')
  await serve(config)
}

function printSettings(): void {
  for (const [name, { fallback, meaning }] of Object.entries(SETTINGS)) {
    print(`${name.padEnd(28)} ${(fallback ?? '-').padEnd(22)} ${meaning}`)
  }
}

function printHelp(): void {
  print('vpnunit: the control plane of an IPv6 VPN\n\nusage: vpnunit <verb>\n')
  for (const [name, { meaning }] of Object.entries(VERBS)) print(`  ${name.padEnd(12)} ${meaning}`)
  print('\nSettings are environment variables that begin with VPNUNIT_, or lines of the file .env.')
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

function complain(words: string): void {
  process.stderr.write(`vpnunit: ${words}\n`)
}

await main(process.argv.slice(2))
