import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SessionOptions } from '../../agent/management/session-options.ts'
import { run } from '../lab/exec.ts'
import { addNamespace, type Namespace } from '../lab/namespaces.ts'
import { Running } from '../lab/process.ts'
import { temporaryFolder } from '../lab/temporary-folder.ts'
import type { Owner } from '../lab/undo.ts'
import { meet, type Peer } from './peer.ts'
import { makePki } from './pki.ts'

const SERVER = ['--mode', 'server', '--tls-server', '--proto', 'udp', '--local', '127.0.0.1', '--dev-type', 'tun']
const ADDRESSES = ['--topology', 'subnet', '--ifconfig-ipv6', 'fd00::1/64', 'fd00::2', '--keepalive', '1', '10']

/** Without a device of its own: what is pushed must not be applied to it. */
const CLIENT = ['--client', '--dev', 'null', '--dev-type', 'tun', '--ifconfig-noexec', '--route-noexec', '--nobind']

/** What lets a client in by its certificate and asks us: without the second, it also needs a username. */
export const CLIENT_AUTH = ['--management-client-auth', '--auth-user-pass-optional']

/** OpenVPNs of one host, each with a management socket, and certificates for them. */
export class ManagementLab {
  readonly folder: string
  readonly #namespace: Namespace
  #count = 0

  private constructor(folder: string, namespace: Namespace) {
    this.folder = folder
    this.#namespace = namespace
  }

  static async make(owner: Owner): Promise<ManagementLab> {
    const folder = temporaryFolder(owner)
    const [namespace] = await Promise.all([addNamespace(owner, 'management'), makePki(folder)])
    return new ManagementLab(folder, namespace)
  }

  /** A server and the options by which clients reach it. */
  async startServer(owner: Owner, options: readonly string[] = CLIENT_AUTH, session: Partial<SessionOptions> = {}) {
    const number = ++this.#count
    const port = `${5000 + number}`
    const pki = ['--ca', 'ca.crt', '--cert', 'server.crt', '--key', 'server.key', '--dh', 'none']
    const words = [...SERVER, '--dev', `tun${number}`, '--port', port, ...ADDRESSES, ...pki, ...options]
    const peer = await this.#start(owner, words, session)
    return { ...peer, remote: ['--remote', '127.0.0.1', port, 'udp', '--connect-retry', '1', '1'] }
  }

  /** A client that holds until it is released. Its certificate is `client` unless the options have another. */
  async startClient(owner: Owner, options: readonly string[], session: Partial<SessionOptions> = {}): Promise<Peer> {
    const own = ['--cert', '--pkcs11-providers', '--management-external-cert'].some((name) => options.includes(name))
    const pki = ['--ca', 'ca.crt', ...(own ? [] : ['--cert', 'client.crt'])]
    const key = own || options.includes('--key') ? [] : ['--key', 'client.key']
    return this.#start(owner, [...CLIENT, '--management-hold', ...pki, ...key, ...options], session)
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8')
  }

  write(name: string, text: string): string {
    writeFileSync(join(this.folder, name), text, { mode: 0o600 })
    return name
  }

  /** Signs as a token would: the data are a digest, or what is made of one. */
  async sign(key: string, dataBase64: string, options: readonly string[] = []): Promise<string> {
    const [input, output] = [join(this.folder, 'sign.in'), join(this.folder, 'sign.out')]
    writeFileSync(input, Buffer.from(dataBase64, 'base64'))
    const files = ['-inkey', join(this.folder, key), '-in', input, '-out', output]
    await run('openssl', ['pkeyutl', '-sign', ...files, ...options.flatMap((option) => ['-pkeyopt', option])])
    return readFileSync(output).toString('base64')
  }

  async #start(owner: Owner, options: readonly string[], session: Partial<SessionOptions>): Promise<Peer> {
    const path = join(this.folder, `${++this.#count}.sock`)
    const words = [
      '--cd',
      this.folder,
      '--management',
      path,
      'unix',
      ...passwordFile(session),
      '--verb',
      '3',
      ...options,
    ]
    const process = Running.start(owner, 'openvpn', words, { namespace: this.#namespace })
    return meet(owner, process, path, session)
  }
}

/** The third word of `--management`, where the session has a password. */
function passwordFile(session: Partial<SessionOptions>): string[] {
  return session.password === undefined ? [] : ['interface-password']
}
