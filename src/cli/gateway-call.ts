import { KEY_TYPES } from '../domain/key-type.ts'
import type { Call, Option } from './command.ts'
import { readInput } from './input-file.ts'
import { WrongUsage } from './wrong-usage.ts'

/** Where a key comes from, as the commands that make a certificate take it. */
export const KEY_OPTIONS: Record<string, Option> = {
  'key-type': { meaning: 'what kind of key pair to make', value: 'type', choices: KEY_TYPES },
  csr: { meaning: 'a certificate request (PEM), when the gateway has its own key', value: 'file' },
}

/** The path of the gateway that a command names. */
export function pathOf({ operands }: Pick<Call, 'operands'>): string {
  return `/gateway/${encodeURIComponent(operands[0] ?? '')}`
}

/** What KEY_OPTIONS say, as the API takes it. */
export function keyOf({ values }: Pick<Call, 'values'>): { keyType?: string; csr?: string } {
  const { 'key-type': keyType, csr } = values
  if (keyType !== undefined && csr !== undefined) {
    throw new WrongUsage('give --key-type or --csr, not both: the request says what key it has')
  }
  return {
    ...(keyType === undefined ? {} : { keyType }),
    ...(csr === undefined ? {} : { csr: readInput('csr', csr).toString() }),
  }
}
