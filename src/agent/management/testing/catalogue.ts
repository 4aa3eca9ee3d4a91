import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const HOME = join(import.meta.dirname, '../../../..')
const MANAGEMENT = 'src/agent/management'

export const DOCUMENT = join(HOME, 'docs/management.md')

/** Every command, with the functions that make it. */
export const COMMANDS: Record<string, { file: string; functions: readonly string[] }> = {
  'auth-retry': { file: 'credentials', functions: ['authRetry'] },
  bytecount: { file: 'daemon', functions: ['bytecount'] },
  certificate: { file: 'credentials', functions: ['certificate'] },
  'client-auth': { file: 'clients', functions: ['clientAuth'] },
  'client-auth-nt': { file: 'clients', functions: ['clientAuthNt'] },
  'client-deny': { file: 'clients', functions: ['clientDeny'] },
  'client-kill': { file: 'clients', functions: ['clientKill'] },
  'client-pending-auth': { file: 'clients', functions: ['clientPendingAuth'] },
  'client-pf': { file: 'clients', functions: ['clientPf'] },
  'cr-response': { file: 'credentials', functions: ['crResponse'] },
  echo: { file: 'history', functions: ['realTimeEcho', 'echoHistory', 'realTimeEchoAndHistory'] },
  'env-filter': { file: 'daemon', functions: ['envFilter'] },
  exit: { file: 'daemon', functions: ['exit'] },
  'forget-passwords': { file: 'credentials', functions: ['forgetPasswords'] },
  help: { file: 'daemon', functions: ['help'] },
  hold: { file: 'daemon', functions: ['hold', 'setHold'] },
  kill: { file: 'clients', functions: ['killCommonName', 'killAddress'] },
  'load-stats': { file: 'daemon', functions: ['loadStats'] },
  log: { file: 'history', functions: ['realTimeLog', 'logHistory', 'realTimeLogAndHistory'] },
  mute: { file: 'daemon', functions: ['mute', 'setMute'] },
  needok: { file: 'credentials', functions: ['needOk'] },
  needstr: { file: 'credentials', functions: ['needStr'] },
  net: { file: 'daemon', functions: ['net'] },
  password: { file: 'credentials', functions: ['password'] },
  pid: { file: 'daemon', functions: ['pid'] },
  'pk-sig': { file: 'credentials', functions: ['pkSig'] },
  'pkcs11-id-count': { file: 'connection', functions: ['pkcs11IdCount'] },
  'pkcs11-id-get': { file: 'connection', functions: ['pkcs11IdGet'] },
  proxy: { file: 'connection', functions: ['proxy'] },
  quit: { file: 'daemon', functions: ['quit'] },
  remote: { file: 'connection', functions: ['remote'] },
  'remote-entry-count': { file: 'connection', functions: ['remoteEntryCount'] },
  'remote-entry-get': { file: 'connection', functions: ['remoteEntryGet'] },
  'rsa-sig': { file: 'credentials', functions: ['rsaSig'] },
  signal: { file: 'daemon', functions: ['signal'] },
  state: { file: 'history', functions: ['state', 'realTimeState', 'stateHistory', 'realTimeStateAndHistory'] },
  status: { file: 'daemon', functions: ['status'] },
  test: { file: 'daemon', functions: ['test'] },
  username: { file: 'credentials', functions: ['username'] },
  verb: { file: 'daemon', functions: ['verb', 'setVerb'] },
  version: { file: 'daemon', functions: ['version', 'announceVersion'] },
}

/** Every real-time message, with the types of the events that are made of it. */
export const EVENTS: Record<string, { file: string; types: readonly string[] }> = {
  BYTECOUNT: { file: 'bytecount', types: ['BYTECOUNT'] },
  BYTECOUNT_CLI: { file: 'bytecount', types: ['BYTECOUNT_CLI'] },
  CLIENT: {
    file: 'client',
    types: ['CONNECT', 'REAUTH', 'ESTABLISHED', 'DISCONNECT', 'ADDRESS', 'CR_RESPONSE'].map((kind) => `CLIENT:${kind}`),
  },
  ECHO: { file: 'log', types: ['ECHO'] },
  FATAL: { file: 'notices', types: ['FATAL'] },
  HOLD: { file: 'notices', types: ['HOLD'] },
  INFO: { file: 'notices', types: ['INFO'] },
  INFOMSG: { file: 'infomsg', types: ['INFOMSG:CR_TEXT', 'INFOMSG:WEB_AUTH', 'INFOMSG:OPEN_URL', 'INFOMSG'] },
  LOG: { file: 'log', types: ['LOG'] },
  'NEED-CERTIFICATE': { file: 'need', types: ['NEED-CERTIFICATE'] },
  'NEED-OK': { file: 'need', types: ['NEED-OK'] },
  'NEED-STR': { file: 'need', types: ['NEED-STR'] },
  NOTIFY: { file: 'notices', types: ['NOTIFY'] },
  PASSWORD: { file: 'password', types: ['PASSWORD:NEED', 'PASSWORD:FAILED', 'PASSWORD:AUTH-TOKEN'] },
  PK_SIGN: { file: 'sign', types: ['PK_SIGN'] },
  'PKCS11ID-COUNT': { file: 'pkcs11', types: ['PKCS11ID-COUNT'] },
  'PKCS11ID-ENTRY': { file: 'pkcs11', types: ['PKCS11ID-ENTRY'] },
  PROXY: { file: 'remote', types: ['PROXY'] },
  REMOTE: { file: 'remote', types: ['REMOTE'] },
  RSA_SIGN: { file: 'sign', types: ['RSA_SIGN'] },
  STATE: { file: 'state', types: ['STATE'] },
  UPDOWN: { file: 'updown', types: ['UPDOWN:UP', 'UPDOWN:DOWN'] },
}

/** What the test with the real program does not see of something. */
const LESS: Record<string, string> = {
  'client-pf': 'the refusal: 2.6 has it no more',
  net: 'the refusal: Windows alone has it',
  'NEED-OK': 'where a PKCS#11 module is installed',
  'NEED-STR': 'where a PKCS#11 module is installed',
  'pkcs11-id-count': 'without a token: none',
  'pkcs11-id-get': 'without a token: no entry',
  'PKCS11ID-COUNT': 'without a token: none',
  'PKCS11ID-ENTRY': 'without a token: no entry',
  proxy: 'NONE; of HTTP the refusal, where no proxy was asked for',
  needok: 'where a PKCS#11 module is installed, else the refusal',
  needstr: 'where a PKCS#11 module is installed, else the refusal',
}

/** Where an answer is a message, its test is that of the command. */
const ANSWER_TO: Record<string, string> = {
  'PKCS11ID-COUNT': 'commands.pkcs11IdCount(',
  'PKCS11ID-ENTRY': 'commands.pkcs11IdGet(',
  INFO: 'session.greeted',
}

const REAL = readdirSync(join(HOME, 'src/e2e'))
  .filter((name) => /^management-.*\.test\.ts$/.test(name))
  .map((name) => ({ name: `e2e/${name}`, text: readFileSync(join(HOME, 'src/e2e', name), 'utf8') }))

/** The tests with the real program that have a text. */
function realTests(texts: readonly string[]): string[] {
  return REAL.filter(({ text }) => texts.some((one) => text.includes(one))).map(({ name }) => name)
}

function cell(texts: readonly string[]): string {
  return texts.map((text) => `\`${text}\``).join(', ')
}

function filesOf(folder: string, file: string): [string, string] {
  const paths: [string, string] = [`${folder}/${file}.ts`, `${folder}/${file}.test.ts`]
  for (const path of paths) if (!existsSync(join(HOME, MANAGEMENT, path))) throw new Error(`there is no ${path}`)
  return paths
}

function row(name: string, made: readonly string[], [file, test]: [string, string], real: readonly string[]): string {
  const less = LESS[name] === undefined ? '' : ` (${LESS[name]})`
  const seen = real.length === 0 ? 'no' : `${cell(real)}${less}`
  return `| \`${name}\` | ${cell(made)} | \`${file}\` | \`${test}\` | ${seen} |`
}

/** The two tables of docs/management.md, as they must be. */
export function renderTables(): { commands: string; messages: string } {
  const commands = Object.entries(COMMANDS).map(([name, { file, functions }]) => {
    const real = realTests(functions.map((one) => `commands.${one}(`))
    return row(name, functions, filesOf('commands', file), real)
  })
  const messages = Object.entries(EVENTS).map(([name, { file, types }]) => {
    const real = realTests(types.flatMap(tracesOf))
    return row(name, types, filesOf('messages', file), real)
  })
  const head = (first: string, second: string) =>
    `| ${first} | ${second} | in | its test | with the real program |\n| --- | --- | --- | --- | --- |`
  return {
    commands: [head('command', 'functions'), ...commands].join('\n'),
    messages: [head('message', 'events'), ...messages].join('\n'),
  }
}

/** Functions that make a command, and types of events, that no test with the real program has. */
export function unseen(): string[] {
  const functions = Object.values(COMMANDS).flatMap((one) => one.functions)
  const types = Object.values(EVENTS).flatMap((one) => one.types)
  return [
    ...functions.filter((name) => realTests([`commands.${name}(`]).length === 0),
    ...types.filter((type) => realTests(tracesOf(type)).length === 0),
  ]
}

function tracesOf(type: string): string[] {
  const asked = ANSWER_TO[type]
  return [`next('${type}'`, `all('${type}'`, ...(asked === undefined ? [] : [asked])]
}

/** A document with what stands between its marks replaced. */
export function fillDocument(document: string): string {
  return Object.entries(renderTables()).reduce((text, [name, table]) => {
    const mark = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(\n<!-- end -->)`)
    if (!mark.test(text)) throw new Error(`the document has no place for ${name}`)
    return text.replace(mark, (_whole, begin: string, end: string) => `${begin}${table}${end}`)
  }, document)
}

if (import.meta.main) writeFileSync(DOCUMENT, fillDocument(readFileSync(DOCUMENT, 'utf8')))
