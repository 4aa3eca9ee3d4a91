import { rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'

/** A client as `status` lists it. */
export type FakeClient = { cid: number; name: string; address?: string; since?: number; realAddress?: string }

/** What OpenVPN 2.6.14 tells of a client beside its name and serial, as it was recorded. */
const REST = `n_clients=0
password=
untrusted_port=52395
untrusted_ip=127.0.0.1
username=
IV_COMP_STUBv2=1
IV_COMP_STUB=1
IV_LZO_STUB=1
IV_PROTO=990
IV_CIPHERS=AES-256-GCM:AES-128-GCM:CHACHA20-POLY1305
IV_NCP=2
IV_MTU=1600
IV_TCPNL=1
IV_PLAT=linux
IV_VER=2.6.14
tls_serial_0=1
tls_digest_sha256_0=14:8b:90:0d:12:6a:0d:de:e5:c3:80:94:70:aa:93:53:0e:cf:44:4c:11:b0:4e:82:c8:37:32:12:97:46:bc:b7
tls_digest_0=27:95:ba:7d:21:96:8e:ac:2f:e9:6f:c9:78:69:68:85:7a:5a:da:9c
tls_id_0=CN=gwa.ada.example.org
X509_0_CN=gwa.ada.example.org
tls_serial_hex_1=59:8c:96:88:47:2e:50:ba:44:c7:d4:68:6d:b9:3e:54:4b:ee:05:2b
tls_serial_1=511235396147023340887907539093963389135445951787
tls_digest_sha256_1=d4:60:dd:33:38:97:72:83:ee:06:53:92:6f:e2:02:73:b0:fd:6a:e1:f9:31:5d:c7:1f:c4:4d:bc:1d:9d:16:4c
tls_digest_1=b4:d3:fe:b1:b0:8e:73:8e:75:c7:be:a7:46:3a:6d:2c:b2:30:f1:a8
tls_id_1=CN=vpnunit lab CA p256
X509_1_CN=vpnunit lab CA p256
remote_port_1=6001
local_port_1=6001
local_1=127.0.0.1
proto_1=udp
daemon_pid=13942
daemon_start_time=1795261180
daemon_log_redirect=1
daemon=0
verb=3
ifconfig_ipv6_local=2001:470:c844::1
ifconfig_ipv6_netbits=64
ifconfig_ipv6_remote=2001:470:c844::2
script_context=init
tun_mtu=1500
dev=tun6
dev_type=tun
redirect_gateway=0`
  .split('\n')
  .map((line) => `>CLIENT:ENV,${line}\r\n`)
  .join('')

/** A notification of a client, with its environment. Values that are given stand before those that were recorded. */
export function notification(head: string, values: Record<string, string> = {}): string {
  const own = Object.entries(values).map(([name, value]) => `>CLIENT:ENV,${name}=${value}\r\n`)
  return `>CLIENT:${head}\r\n${own.join('')}${REST}>CLIENT:ENV,END\r\n`
}

/** The management interface of an OpenVPN that does what no real one would be brought to. */
export class FakeOpenvpn {
  readonly path: string
  pid = 13942
  openedAt = 1795261180
  isHeld = false
  clients: FakeClient[] = []
  /** Every command, a block as one text with line feeds. */
  readonly commands: string[] = []
  onCommand: (command: string) => void = () => undefined
  #server: Server | undefined
  #socket: Socket | undefined
  #block: string[] = []

  constructor(path: string) {
    this.path = path
  }

  async start(): Promise<void> {
    rmSync(this.path, { force: true })
    const server = createServer((socket) => this.#greet(socket))
    this.#server = server
    await new Promise<void>((resolve) => server.listen(this.path, resolve))
  }

  /** The process is gone, and with it every connection. */
  async stop(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    this.hangUp()
    await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)))
    rmSync(this.path, { force: true })
  }

  hangUp(): void {
    this.#socket?.destroy()
  }

  say(text: string): void {
    this.#socket?.write(text)
  }

  asked(verb: string): string[] {
    return this.commands.filter((command) => command.split(/[ \n]/)[0] === verb)
  }

  #greet(socket: Socket): void {
    this.#socket = socket
    this.#block = []
    let rest = ''
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      const lines = (rest + chunk.toString()).split('\n')
      rest = lines.pop() ?? ''
      socket.cork()
      for (const line of lines) this.#take(line)
      socket.uncork()
    })
    this.say(`>INFO:OpenVPN Management Interface Version 5 -- type 'help' for more info\r\n`)
    if (this.isHeld) this.say('>HOLD:Waiting for hold release:0\r\n')
  }

  #take(line: string): void {
    if (this.#block.length > 0 || line.startsWith('client-auth ')) {
      this.#block.push(line)
      if (line !== 'END') return
      this.#answer(this.#block.splice(0).join('\n'))
    } else this.#answer(line)
  }

  #answer(command: string): void {
    this.commands.push(command)
    const [verb = ''] = command.split(/[ \n]/)
    this.say(this.#answerTo(verb))
    this.onCommand(command)
  }

  #answerTo(verb: string): string {
    if (verb === 'version') return 'OpenVPN Version: OpenVPN 2.6.14 fake\r\nManagement Version: 5\r\nEND\r\n'
    if (verb === 'pid') return `SUCCESS: pid=${this.pid}\r\n`
    if (verb === 'state') return `SUCCESS: real-time state notification set to ON\r\n${this.#state()}\r\nEND\r\n`
    if (verb === 'status') return this.#status()
    return `SUCCESS: ${verb} command succeeded\r\n`
  }

  #state(): string {
    return this.isHeld ? `${this.openedAt},RECONNECTING,,,,,,` : `${this.openedAt},CONNECTED,SUCCESS,,,,,,`
  }

  #status(): string {
    const rows = this.clients.map(
      ({ cid, name, address = '', since = 1795261180, realAddress = '127.0.0.1:52395' }) => {
        const cipher = address === '' ? 'BF-CBC' : 'AES-256-GCM'
        const time = '2026-11-21 11:39:40'
        const fields = [name, realAddress, '', address, 2046, 2085, time, since, 'UNDEF', cid, cid, cipher]
        return `CLIENT_LIST\t${fields.join('\t')}\r\n`
      },
    )
    return `TITLE\tOpenVPN 2.6.14 fake\r\nTIME\t2026-11-21 11:39:41\t1795261181\r\n${HEADER}${rows.join('')}END\r\n`
  }
}

const HEADER =
  'HEADER\tCLIENT_LIST\tCommon Name\tReal Address\tVirtual Address\tVirtual IPv6 Address\tBytes Received\tBytes Sent\t' +
  'Connected Since\tConnected Since (time_t)\tUsername\tClient ID\tPeer ID\tData Channel Cipher\r\n' +
  'HEADER\tROUTING_TABLE\tVirtual Address\tCommon Name\tReal Address\tLast Ref\tLast Ref (time_t)\r\n'
