import { X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import { exec, run } from '../lab/exec.ts'
import type { Service } from '../lab/service.ts'

/** A certificate's serial as the API writes it. */
export function serialOf(pem: string): string {
  return new X509Certificate(pem).serialNumber.toLowerCase().padStart(32, '0')
}

/** The certificate in a gateway's profile. */
export async function certificateOf(service: Service, gateway: string): Promise<string> {
  const { status, text } = await service.request('GET', `/gateway/${gateway}/config`)
  const pem = /<cert>\n([\s\S]+?)<\/cert>/.exec(text)?.[1]
  if (pem === undefined) throw new Error(`the profile of ${gateway} was answered ${status}: ${text}`)
  return pem
}

export type Crl = { number: number; serials: string[]; thisUpdate: Date; nextUpdate: Date }

/**
 * The revocation list in place, as openssl reads it.
 * @throws Error when it is not one of the authority in place
 */
export async function readCrl(data: string): Promise<Crl> {
  const [list, authority] = [join(data, 'pki/crl.pem'), join(data, 'pki/ca.crt')]
  const show = ['-crlnumber', '-lastupdate', '-nextupdate', '-text']
  const { code, stdout, stderr } = await exec('openssl', ['crl', '-in', list, '-CAfile', authority, '-noout', ...show])
  if (code !== 0 || !stderr.includes('verify OK')) throw new Error(`openssl refuses the list: ${stdout}${stderr}`)
  const field = (pattern: RegExp) => pattern.exec(stdout)?.[1] ?? ''
  return {
    number: Number(field(/^crlNumber=(\S+)/m)),
    serials: [...stdout.matchAll(/Serial Number: ([0-9A-F]+)/g)].map(([, serial = '']) => toSerial(serial)).sort(),
    thisUpdate: new Date(field(/^lastUpdate=(.+)/m)),
    nextUpdate: new Date(field(/^nextUpdate=(.+)/m)),
  }
}

function toSerial(text: string): string {
  return text.toLowerCase().padStart(32, '0')
}

/** What `openssl verify -crl_check` says of each file: "OK", or its reason to refuse it. */
export async function verify(data: string, files: readonly string[], at?: Date): Promise<Map<string, string>> {
  if (files.length === 0) return new Map()
  const lists = ['-CAfile', join(data, 'pki/ca.crt'), '-CRLfile', join(data, 'pki/crl.pem')]
  const when = at === undefined ? [] : ['-attime', String(Math.floor(at.getTime() / 1000))]
  const { stdout, stderr } = await exec('openssl', ['verify', '-crl_check', ...when, ...lists, ...files])
  const verdicts = new Map<string, string>()
  for (const [, file = ''] of stdout.matchAll(/^(.+): OK$/gm)) verdicts.set(file, 'OK')
  for (const [, reason = '', file = ''] of stderr.matchAll(REFUSAL)) verdicts.set(file, reason)
  return verdicts
}

const REFUSAL = /^error \d+ at \d+ depth lookup: (.+)\nerror (.+): verification failed$/gm

/** A moment in the text that openssl takes and prints. */
export async function endOf(file: string): Promise<Date> {
  const text = await run('openssl', ['x509', '-in', file, '-noout', '-enddate'])
  return new Date(text.trim().replace('notAfter=', ''))
}
