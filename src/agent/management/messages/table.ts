import type { ManagementEvent } from '../events.ts'
import { parseBytecount, parseBytecountCli } from './bytecount.ts'
import { parseInfomsg } from './infomsg.ts'
import { parseEcho, parseLog } from './log.ts'
import { parseNeedCertificate, parseNeedOk, parseNeedStr } from './need.ts'
import { parseFatal, parseHold, parseInfo, parseNotify } from './notices.ts'
import { parsePassword } from './password.ts'
import { parsePkcs11IdCount, parsePkcs11IdEntry } from './pkcs11.ts'
import { parseProxy, parseRemote } from './remote.ts'
import { parsePkSign, parseRsaSign } from './sign.ts'
import { parseState } from './state.ts'

type MessageParser = (text: string) => ManagementEvent | undefined

/** Every real-time message of one line, by its keyword. What a parser cannot read is undefined. */
export const MESSAGES: ReadonlyMap<string, MessageParser> = new Map<string, MessageParser>([
  ['BYTECOUNT', parseBytecount],
  ['BYTECOUNT_CLI', parseBytecountCli],
  ['ECHO', parseEcho],
  ['FATAL', parseFatal],
  ['HOLD', parseHold],
  ['INFO', parseInfo],
  ['INFOMSG', parseInfomsg],
  ['LOG', parseLog],
  ['NEED-CERTIFICATE', parseNeedCertificate],
  ['NEED-OK', parseNeedOk],
  ['NEED-STR', parseNeedStr],
  ['NOTIFY', parseNotify],
  ['PASSWORD', parsePassword],
  ['PK_SIGN', parsePkSign],
  ['PKCS11ID-COUNT', parsePkcs11IdCount],
  ['PKCS11ID-ENTRY', parsePkcs11IdEntry],
  ['PROXY', parseProxy],
  ['REMOTE', parseRemote],
  ['RSA_SIGN', parseRsaSign],
  ['STATE', parseState],
])
