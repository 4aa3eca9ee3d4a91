import type { GatewayBody, Reply, Service } from '../lab/service.ts'
import { certificateOf, serialOf } from './openssl.ts'
import { chooseOperation, type Operation } from './operations.ts'
import type { Random } from './random.ts'
import { emptyWorld, isSame, type Seen, type World } from './world.ts'

type Answered = (GatewayBody & { revokedSerials?: string[]; crlNumber?: number }) | GatewayBody[]

/** Whom a writer tells: of every answer, and of every certificate it was given. */
export type Listener = { told: () => void; keep: (pem: string, owner: string) => void }

/** Somebody who changes users and gateways of its own, one request after another, and remembers what was answered. */
export class Writer {
  readonly name: string
  readonly #random: Random
  world = emptyWorld()
  /** Asked and not answered. */
  open: Operation | undefined
  /** Answers that are wrong in themselves. */
  faults: string[] = []
  highestCrl = 0

  constructor(name: string, random: Random) {
    this.name = name
    this.#random = random
  }

  /** Asks until no answer comes any more. */
  async writeUntilSilent(service: Service, listener: Listener): Promise<void> {
    try {
      for (;;) await this.#ask(service, listener)
    } catch (error) {
      if (!isSilence(error)) this.faults.push(String(error))
    }
  }

  async #ask(service: Service, { told, keep }: Listener): Promise<void> {
    const operation = chooseOperation(this.#random, this.name, this.world)
    this.open = operation
    const reply = await service.request<Answered>(operation.method, operation.path, operation.body)
    this.open = undefined
    this.#note(operation, reply)
    told()
    if (reply.status !== 201) return
    for (const name of operation.gateways ?? []) {
      const pem = await certificateOf(service, name)
      if (serialOf(pem) !== this.world.gateways[name]?.serial) this.faults.push(`${name} has another profile`)
      keep(pem, this.name)
    }
  }

  #note({ method, path, act }: Operation, { status, text, body }: Reply<Answered>): void {
    const expected = act === undefined ? status === 409 : status >= 200 && status < 300
    if (!expected) this.faults.push(`${method} ${path} was answered ${status}: ${text}`)
    if (status >= 300) return
    const before = this.world.revoked.length
    const gateways = [body].flat()
    act?.(this.world, (name) => seenIn(gateways.find((gateway) => gateway.name === name)))
    if (body === undefined || !('revokedSerials' in body)) return
    const { revokedSerials = [], crlNumber = 0 } = body
    const revoked = this.world.revoked.slice(before)
    if (revokedSerials.toSorted().join() !== revoked.toSorted().join()) {
      this.faults.push(`${method} ${path} says it revoked ${revokedSerials}, not ${revoked}`)
    }
    this.highestCrl = Math.max(this.highestCrl, crlNumber)
  }

  /**
   * Compares what it knows with what is there after a crash, and goes on from that. What was answered must be there; the
   * request that was not answered may be there, but then wholly. Returns whether it was, or what is wrong.
   */
  compare(seen: World): 'as answered' | 'with what was open' | { wanted: World; orWanted: World | undefined } {
    const [before, open] = [this.world, this.open]
    const after = open?.act === undefined ? undefined : openAnswered(before, open, seen)
    this.world = { ...seen, audit: [] }
    this.open = undefined
    if (isSame(seen, before)) return 'as answered'
    if (after !== undefined && isSame(seen, after)) return 'with what was open'
    return { wanted: before, orWanted: after }
  }
}

/** The world as it must be if the open request was carried out, with the serials that are seen. */
function openAnswered(before: World, { act }: Operation, seen: World): World {
  const after = structuredClone(before)
  act?.(after, (name) => ({ prefix: seen.gateways[name]?.prefix ?? '', serial: seen.gateways[name]?.serial ?? '' }))
  return after
}

function seenIn(gateway: GatewayBody | undefined): Seen {
  return { prefix: gateway?.prefix ?? '', serial: gateway?.certificate.serial ?? '' }
}

/** The connection ended, or could not be made: the service is gone. */
function isSilence(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return ['ECONNRESET', 'ECONNREFUSED', 'ENOENT', 'EPIPE', 'UND_ERR_SOCKET'].includes(code)
}
