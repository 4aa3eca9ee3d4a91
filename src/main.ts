import { type Arguments, parseArguments, type Shape } from './cli/command.ts'
import { complain, guardOutput, print } from './cli/output.ts'
import { printableLines } from './cli/printable.ts'
import { WrongUsage } from './cli/wrong-usage.ts'
import { type Config, ConfigError, readConfig, readEnvironment } from './config.ts'
import { SETTINGS } from './settings.ts'
import { VERSION } from './version.ts'

type Verb = { meaning: string; run: (args: string[]) => Promise<void> | void } & Partial<Shape>

/** What the program itself does; the commands that ask a running service stand in `cli/`. */
const VERBS: Record<string, Verb> = {
  serve: {
    meaning: 'serve the API in the foreground',
    exit: '0 stopped by a signal, 1 could not start, 2 wrong usage or settings',
    run: runServe,
  },
  apply: {
    meaning: 'keep the kernel’s routes as the agent of this host says: root, in the foreground',
    exit: '0 stopped by a signal, 1 could not start, 2 wrong usage or settings',
    run: runApply,
  },
  agent: {
    meaning: 'decide who connects, on a VPN host: in the foreground, without any rights',
    exit: '0 stopped by a signal, 1 could not start, 2 wrong usage or settings',
    run: runAgent,
  },
  check: {
    meaning: 'say what is wrong with the settings and the data directory, and touch nothing',
    options: {
      verbose: { meaning: 'say what is right too' },
      json: { meaning: 'print JSON: an array of {level, code, detail, remedy}' },
    },
    examples: ['vpnunit check', 'vpnunit check --verbose', 'vpnunit check --json | jq -r .[].code'],
    exit: '0 nothing is wrong (there may be warnings), 1 something is, 2 wrong usage or settings',
    run: runCheck,
  },
  settings: { meaning: 'print every setting with its default', run: printSettings },
  completion: {
    meaning: 'print a completion for bash',
    examples: ['source <(vpnunit completion)', 'vpnunit completion > /etc/bash_completion.d/vpnunit'],
    run: printCompletion,
  },
  version: { meaning: 'print the version', run: printVersion },
  help: {
    meaning: 'print this, or explain a command',
    operands: ['command?'],
    examples: ['vpnunit help', 'vpnunit help gateway', 'vpnunit help gateway add'],
    run: printHelp,
  },
}

const ALIASES: Record<string, string> = { '--help': 'help', '-h': 'help', '--version': 'version', '-V': 'version' }

/** What the shell is told when the call or a setting is wrong. */
const WRONG_CALL = 2

async function main([name = 'help', ...args]: string[]): Promise<void> {
  guardOutput()
  try {
    await run(Object.hasOwn(ALIASES, name) ? (ALIASES[name] ?? name) : name, args)
  } catch (error) {
    complain(error instanceof Error ? wordsOf(error) : String(error))
    process.exitCode = error instanceof ConfigError || error instanceof WrongUsage ? WRONG_CALL : 1
  }
}

async function run(name: string, args: string[]): Promise<void> {
  const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined
  if (verb === undefined) {
    const { runCommand } = await import('./cli/run.ts')
    process.exitCode = await runCommand([name, ...args], settings, { print, complain, progress: process.stderr })
  } else if (args.includes('--help') || args.includes('-h')) await printHelp(name === 'help' ? [] : [name])
  else await verb.run(args)
}

/** A refusal to start is said in its own words; anything else is a bug, whose stack is what helps. */
function wordsOf(error: Error): string {
  const isExpected =
    error instanceof ConfigError ||
    error instanceof WrongUsage ||
    error.name === 'StartError' ||
    'code' in error ||
    'cause' in error
  return isExpected ? error.message : (error.stack ?? error.message)
}

/** @throws ConfigError */
function settings(): Config {
  let env: NodeJS.ProcessEnv
  try {
    env = readEnvironment(process.env)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ConfigError([`VPNUNIT_ENV_FILE, .env when it is not set, can't be read: ${reason}`])
  }
  return readConfig(env)
}

async function runServe(args: string[]): Promise<void> {
  if (args.length > 0)
    throw new ConfigError([`serve takes no argument, not "${args[0]}"; settings are in the environment`])
  const config = settings()
  const { serve } = await import('./serve/serve.ts')
  await serve(config)
}

async function runApply(args: string[]): Promise<void> {
  parse('apply', args)
  const { apply } = await import('./apply/apply.ts')
  await apply(settings())
}

async function runAgent(args: string[]): Promise<void> {
  parse('agent', args)
  const { runAgent: run } = await import('./agent/run-agent.ts')
  await run(settings())
}

async function runCheck(args: string[]): Promise<void> {
  const { switches } = parse('check', args)
  const { check } = await import('./check/check.ts')
  process.exitCode = await check(settings, {
    isVerbose: switches.has('verbose'),
    isJson: switches.has('json'),
    print: (text) => print(printableLines(text)),
  })
}

function printSettings(args: string[]): void {
  parse('settings', args)
  for (const [name, { fallback, meaning }] of Object.entries(SETTINGS)) {
    print(`${name.padEnd(28)} ${(fallback ?? '-').padEnd(22)} ${meaning}\n`)
  }
}

async function printCompletion(args: string[]): Promise<void> {
  parse('completion', args)
  const { bashCompletion } = await import('./cli/completion.ts')
  const { COMMANDS } = await import('./cli/run.ts')
  print(bashCompletion([...Object.keys(VERBS).map(shapeOf), ...COMMANDS]))
}

function printVersion(args: string[]): void {
  parse('version', args)
  print(`${VERSION}\n`)
}

async function printHelp(words: string[]): Promise<void> {
  const [first = ''] = words
  const { helpOf, helpOfAll } = await import('./cli/help.ts')
  const { COMMANDS, explainWords } = await import('./cli/run.ts')
  if (words.length === 0) print(helpOfAll(Object.keys(VERBS).map(shapeOf), COMMANDS))
  else print(words.length === 1 && Object.hasOwn(VERBS, first) ? helpOf(shapeOf(first)) : explainWords(words))
}

function parse(name: string, args: string[]): Arguments {
  return parseArguments(shapeOf(name), args)
}

function shapeOf(name: string): Shape {
  const {
    meaning = '',
    operands = [],
    options = {},
    examples = [`vpnunit ${name}`],
    exit = '0 done, 2 wrong usage',
  } = VERBS[name] ?? {}
  return { words: [name], meaning, operands, options, examples, exit }
}

await main(process.argv.slice(2))
