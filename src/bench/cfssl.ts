import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from './client.ts'
import { freePort, Process } from './process.ts'

const P256 = { algo: 'ecdsa', size: 256 }

/** The tables that Debian 12's cfssl wants: the first of its certdb's migrations, with the journal SQLite has by itself. */
const TABLES = `
create table certificates (
  serial_number blob not null, authority_key_identifier blob not null, ca_label blob, status blob not null,
  reason int, expiry timestamp, revoked_at timestamp, pem blob not null,
  primary key (serial_number, authority_key_identifier)
);
create table ocsp_responses (
  serial_number blob not null, authority_key_identifier blob not null, body blob not null, expiry timestamp,
  primary key (serial_number, authority_key_identifier),
  foreign key (serial_number, authority_key_identifier)
    references certificates (serial_number, authority_key_identifier)
);`

/** `cfssl serve` with a P-256 authority and its SQLite store. */
export class Cfssl {
  readonly client: Client
  readonly #process: Process
  readonly #database: string
  #made = 0

  private constructor(process: Process, client: Client, database: string) {
    this.#process = process
    this.client = client
    this.#database = database
  }

  static async start(folder: string): Promise<Cfssl> {
    mkdirSync(folder, { recursive: true })
    const database = join(folder, 'certs.db')
    execFileSync('sqlite3', [database, TABLES])
    const write = (name: string, value: unknown) => writeFileSync(join(folder, name), JSON.stringify(value))
    write('db.json', { driver: 'sqlite3', data_source: 'certs.db' })
    write('config.json', { signing: { default: { usages: ['digital signature', 'client auth'], expiry: '19800h' } } })
    write('request.json', { CN: 'benchmark', key: P256, ca: { expiry: '87600h' } })
    const authority = execFileSync('cfssl', ['gencert', '-initca', 'request.json'], { cwd: folder, stdio: 'pipe' })
    const { cert, key } = JSON.parse(authority.toString()) as { cert: string; key: string }
    writeFileSync(join(folder, 'ca.pem'), cert)
    writeFileSync(join(folder, 'ca-key.pem'), key, { mode: 0o600 })
    const port = await freePort()
    const args = ['serve', '-address', '127.0.0.1', '-port', String(port), '-ca', 'ca.pem', '-ca-key', 'ca-key.pem']
    args.push('-config', 'config.json', '-db-config', 'db.json')
    const started = await Process.start({ file: 'cfssl', args, cwd: folder, log: join(folder, 'log'), port }, '/')
    return new Cfssl(started, await Client.open(port), database)
  }

  messages(count: number): string[] {
    return Array.from({ length: count }, () => {
      const name = `router${this.#made++}.bench.example.org`
      const body = { request: { CN: name, hosts: [name], key: P256 } }
      return this.client.message('POST', '/api/v1/cfssl/newcert', body)
    })
  }

  /** @throws Error when not every certificate that was asked for is in its store */
  checkStored(): void {
    const stored = Number(execFileSync('sqlite3', [this.#database, 'select count(*) from certificates']))
    if (stored !== this.#made) throw new Error(`cfssl stored ${stored} certificates of ${this.#made}`)
  }

  async stop(): Promise<void> {
    this.client.close()
    await this.#process.stop()
  }
}
