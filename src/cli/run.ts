import type { Config } from '../config.ts'
import { createApiClient } from './api-client.ts'
import { CERTIFICATE_COMMANDS } from './certificate-commands.ts'
import { type Call, type Command, parseArguments } from './command.ts'
import { FIREWALL_COMMANDS } from './firewall-commands.ts'
import { GATEWAY_COMMANDS } from './gateway-commands.ts'
import { GATEWAY_SESSION_COMMANDS } from './gateway-session-commands.ts'
import { GROUP_COMMANDS } from './group-commands.ts'
import { helpOf, helpOfGroup, listCommands } from './help.ts'
import { HOST_COMMANDS } from './host-commands.ts'
import { POLICY_COMMANDS } from './policy-commands.ts'
import type { ProgressTarget } from './progress.ts'
import { NotAchieved, Refusal, Unreachable } from './refusal.ts'
import { RULE_COMMANDS } from './rule-commands.ts'
import { SERVICE_COMMANDS } from './service-commands.ts'
import { SESSION_COMMANDS } from './session-commands.ts'
import { TOKEN_COMMANDS } from './token-commands.ts'
import { inTypedWords } from './typed-words.ts'
import { USER_COMMANDS } from './user-commands.ts'
import { WrongUsage } from './wrong-usage.ts'

/** Every command that asks the service. */
export const COMMANDS: readonly Command[] = [
  ...USER_COMMANDS,
  ...GATEWAY_COMMANDS,
  ...CERTIFICATE_COMMANDS,
  ...GATEWAY_SESSION_COMMANDS,
  ...GROUP_COMMANDS,
  ...RULE_COMMANDS,
  ...POLICY_COMMANDS,
  ...FIREWALL_COMMANDS,
  ...SESSION_COMMANDS,
  ...HOST_COMMANDS,
  ...TOKEN_COMMANDS,
  ...SERVICE_COMMANDS,
]

/** What the shell is told. */
export const EXIT = { done: 0, refused: 1, wrongUsage: 2, unreachable: 3 } as const

export type Terminal = {
  print: (text: string) => void
  complain: (words: string) => void
  progress: ProgressTarget
}

/** Whether the first word of a call is one of a command's. */
export function isCommand(word: string): boolean {
  return COMMANDS.some(({ words }) => words[0] === word)
}

/** Runs the command that `args` name and returns the exit code. The settings are read only when they are needed. */
export async function runCommand(args: readonly string[], settings: () => Config, terminal: Terminal): Promise<number> {
  try {
    if (asksForGroup(args)) {
      terminal.print(explainWords(args.slice(0, 1)))
      return EXIT.done
    }
    const command = findCommand(args)
    const parsed = parseArguments(command, args.slice(command.words.length))
    if (parsed.switches.has('help')) {
      terminal.print(helpOf(command))
      return EXIT.done
    }
    const { api, tokenFile } = settings()
    await runTyped(command, { ...parsed, ...terminal, api: createApiClient(api, tokenFile) })
    return EXIT.done
  } catch (error) {
    const exit = exitOf(error)
    terminal.complain(error instanceof Error ? error.message : String(error))
    return exit
  }
}

/** @throws what the command throws; a refusal in the words of the call */
async function runTyped(command: Command, call: Call): Promise<void> {
  try {
    await command.run(call)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    throw new Refusal(inTypedWords(command, error.problem))
  }
}

/**
 * The help of a command, or of all that begin with a word.
 * @throws WrongUsage
 */
export function explainWords(words: readonly string[]): string {
  const [first = ''] = words
  const group = COMMANDS.filter((command) => command.words[0] === first)
  if (words.length === 1 && group.length > 1) return helpOfGroup(first, group)
  return helpOf(findCommand(words))
}

/** vpnunit user --help */
function asksForGroup(args: readonly string[]): boolean {
  const [word, option, ...rest] = args
  const isGroup = !COMMANDS.some(({ words }) => words.length === 1 && words[0] === word)
  return isGroup && rest.length === 0 && (option === '--help' || option === '-h')
}

/** @throws WrongUsage */
function findCommand(args: readonly string[]): Command {
  const command = COMMANDS.find(({ words }) => words.every((word, index) => args[index] === word))
  if (command !== undefined) return command
  const typed = args.filter((word) => !word.startsWith('-'))
  const known = wordsKnown(typed)
  if (known === 0) throw new WrongUsage(`there is no "${args[0] ?? ''}"; see vpnunit help`)
  const words = typed.slice(0, known + 1).join(' ')
  const asked = typed.length === known ? `${words} what?` : `there is no "${words}".`
  throw new WrongUsage(`${asked} There are\n${listCommands(beginningWith(typed.slice(0, known)))}`.trimEnd())
}

/** How many of the words begin a command. */
function wordsKnown(typed: readonly string[]): number {
  const unknown = typed.findIndex((_, at) => beginningWith(typed.slice(0, at + 1)).length === 0)
  return unknown < 0 ? typed.length : unknown
}

function beginningWith(typed: readonly string[]): Command[] {
  return COMMANDS.filter(({ words }) => typed.every((word, at) => words[at] === word))
}

/** @throws the error itself, when it is none of these: wrong settings, or a bug */
function exitOf(error: unknown): number {
  if (error instanceof WrongUsage) return EXIT.wrongUsage
  if (error instanceof Unreachable) return EXIT.unreachable
  if (error instanceof Refusal || error instanceof NotAchieved) return EXIT.refused
  throw error
}
