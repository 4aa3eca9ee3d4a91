import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { GatewayBody, Service } from '../lab/service.ts'
import { certificateOf, readCrl, serialOf, verify } from './openssl.ts'
import type { GatewaySummary, UserBody } from './rows-and-files.ts'
import { emptyWorld, type World } from './world.ts'

type AuditBody = { revision: number; action: string; object: string }
type WholeGateway = GatewayBody & { formerCertificates: { serial: string }[] }

/** Sees what is there after a crash, by the API and by openssl, and remembers every certificate it has met. */
export class Witness {
  readonly #folder: string
  /** Whose certificate it is, by serial. */
  readonly #owners = new Map<string, string>()
  #revision = 0
  #crlNumber = 0

  constructor(folder: string) {
    this.#folder = folder
  }

  /** The world of each writer, as it is now. */
  async look(service: Service, writers: readonly string[]): Promise<{ worlds: Map<string, World>; faults: string[] }> {
    const worlds = new Map(writers.map((name) => [name, emptyWorld()]))
    const worldOf = (name: string) => worlds.get(ownerOf(name)) ?? emptyWorld()
    for (const { name, disabled } of (await service.request<UserBody[]>('GET', '/users')).body) {
      worldOf(name).users[name] = { disabled }
    }
    for (const { name, user, disabled, prefix } of (await service.request<GatewaySummary[]>('GET', '/gateways')).body) {
      const { certificate, formerCertificates } = await this.#gateway(service, name)
      const former = formerCertificates.map(({ serial }) => serial)
      worldOf(name).gateways[name] = { user, disabled, prefix, serial: certificate.serial, former }
    }
    const faults = [...(await this.#readAudit(service, worldOf)), ...(await this.#readRevoked(service, worldOf))]
    return { worlds, faults }
  }

  /** What openssl says otherwise than the worlds of every certificate it has met. */
  async judge(service: Service, worlds: Iterable<World>): Promise<string[]> {
    const wanted = new Map<string, string>()
    for (const { gateways, revoked } of worlds) {
      for (const { serial, former } of Object.values(gateways)) {
        for (const good of [serial, ...former]) wanted.set(this.#fileOf(good), 'OK')
      }
      for (const serial of revoked) wanted.set(this.#fileOf(serial), 'certificate revoked')
    }
    const unjudged = [...this.#owners.keys()].filter((serial) => !wanted.has(this.#fileOf(serial)))
    const verdicts = await verify(service.data, [...wanted.keys()])
    const wrong = [...wanted].filter(([file, verdict]) => verdicts.get(file) !== verdict)
    return [
      ...unjudged.map((serial) => `${serial} of ${this.#owners.get(serial)} is neither good nor revoked`),
      ...wrong.map(([file, verdict]) => `openssl says ${verdicts.get(file)} of ${file}, not ${verdict}`),
    ]
  }

  async #gateway(service: Service, name: string): Promise<WholeGateway> {
    const gateway = (await service.request<WholeGateway>('GET', `/gateway/${name}`)).body
    const { serial } = gateway.certificate
    if (this.#owners.has(serial)) return gateway
    const pem = await certificateOf(service, name)
    if (serialOf(pem) !== serial) throw new Error(`the profile of ${name} is not that of ${serial}`)
    this.keep(pem, ownerOf(name))
    return gateway
  }

  keep(pem: string, owner: string): void {
    writeFileSync(this.#fileOf(serialOf(pem)), pem)
    this.#owners.set(serialOf(pem), owner)
  }

  async #readAudit(service: Service, worldOf: (name: string) => World): Promise<string[]> {
    const rows = (await service.request<AuditBody[]>('GET', '/audit')).body
    const fresh = rows.filter(({ revision }) => revision > this.#revision)
    for (const { action, object } of fresh) worldOf(object).audit.push(`${action} ${object}`)
    const wanted = this.#revision + fresh.length
    this.#revision = rows[0]?.revision ?? 0
    return wanted === this.#revision ? [] : [`the audit has ${wanted} rows up to revision ${this.#revision}`]
  }

  async #readRevoked(service: Service, worldOf: (name: string) => World): Promise<string[]> {
    const { number, serials } = await readCrl(service.data)
    const before = this.#crlNumber
    this.#crlNumber = number
    for (const serial of serials) worldOf(this.#owners.get(serial) ?? '').revoked.push(serial)
    const strangers = serials.filter((serial) => !this.#owners.has(serial))
    return [
      ...strangers.map((serial) => `${serial} is revoked and was never seen`),
      ...(number >= before ? [] : [`the CRL has number ${number} after ${before}`]),
    ]
  }

  get crlNumber(): number {
    return this.#crlNumber
  }

  #fileOf(serial: string): string {
    return join(this.#folder, `${serial}.pem`)
  }
}

/** w3 of w3, w3-u1 and of g1.w3.example.org. */
function ownerOf(name: string): string {
  return /(?:^|\.)(w\d+)(?:[-.]|$)/.exec(name)?.[1] ?? ''
}
