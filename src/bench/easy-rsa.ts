import { execFile } from 'node:child_process'
import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Where Debian's package puts it. */
const PROGRAM = '/usr/share/easy-rsa/easyrsa'

/** A PKI of easy-rsa with P-256. */
export class EasyRsa {
  readonly #folder: string
  readonly #pki: string
  #made = 0

  private constructor(folder: string) {
    this.#folder = folder
    this.#pki = join(folder, 'pki')
  }

  static async create(folder: string): Promise<EasyRsa> {
    mkdirSync(folder, { recursive: true })
    const peer = new EasyRsa(folder)
    await peer.#easyrsa('init-pki')
    await peer.#easyrsa('build-ca', 'nopass')
    return peer
  }

  /** A key and a certificate. Returns the name. */
  async buildClient(): Promise<string> {
    const name = `client${this.#made++}`
    await this.#easyrsa('build-client-full', name, 'nopass')
    return name
  }

  /** Revokes it and makes the list. */
  async revoke(name: string): Promise<void> {
    await this.#easyrsa('revoke', name)
    await this.#easyrsa('gen-crl')
  }

  /** Lines of the index as `openssl ca` leaves them after a revocation: nothing else of a revoked certificate is read. */
  fabricateRevoked(count: number): void {
    const lines = Array.from({ length: count }, (_, index) => {
      const serial = (2n ** 127n + BigInt(index) * 0x9e3779b97f4a7c15f39cc0605cedc9n).toString(16).toUpperCase()
      return `R\t361231235959Z\t260101000000Z\t${serial.slice(-32).padStart(32, '0')}\tunknown\t/CN=old${index}\n`
    })
    appendFileSync(join(this.#pki, 'index.txt'), lines.join(''))
  }

  get crl(): string {
    return join(this.#pki, 'crl.pem')
  }

  async #easyrsa(...command: string[]): Promise<void> {
    const env = {
      PATH: process.env.PATH,
      EASYRSA_BATCH: '1',
      EASYRSA_ALGO: 'ec',
      EASYRSA_CURVE: 'prime256v1',
      EASYRSA_PKI: this.#pki,
    }
    await run(PROGRAM, command, { env, cwd: this.#folder })
  }
}
