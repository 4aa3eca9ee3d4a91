import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FakeOpenvpn, notification } from '../agent/testing/fake-openvpn.ts'
import { access } from '../agent/testing/feed.ts'
import { StubService } from '../agent/testing/stub-service.ts'
import { parseFqdn } from '../domain/names.ts'

/** How many clients ask at once, and for how long. */
const IN_FLIGHT = 200
const SECONDS = 5
const GATEWAYS = 4000

const MAIN = join(import.meta.dirname, '../main.ts')
const out = (text: string) => process.stdout.write(`${text}\n`)

const folder = mkdtempSync(join(tmpdir(), 'vpnunit-'))
const run = join(folder, 'run')
mkdirSync(run)
const service = new StubService(join(run, 'agent.sock'))
const names = Array.from({ length: GATEWAYS }, (_, index) => parseFqdn(`g${index}.example.org`))
names.forEach((name, index) => {
  service.gateways.set(name, access({ name, number: 2 + (index >> 4), slot: index & 15 }))
})
await service.start()
const openvpn = new FakeOpenvpn(join(run, 'management-0.sock'))
await openvpn.start()
const env = { PATH: process.env.PATH, VPNUNIT_ENV_FILE: '', VPNUNIT_DATA: folder, VPNUNIT_HOST_NAME: 'vpn1' }
const level = process.argv[2] ?? 'info'
const agent = spawn(process.execPath, [MAIN, 'agent'], {
  env: { ...env, VPNUNIT_LOG_LEVEL: level },
  stdio: ['ignore', 'ignore', 'inherit'],
})
const adopted = Promise.withResolvers<void>()
openvpn.onCommand = (command) => {
  if (command.startsWith('status')) setTimeout(adopted.resolve, 500)
}
await adopted.promise

const SERIAL = '29:a7:41:cb:9c:dd:31:8a:c1:d6:50:5e:a2:8f:ad:df:82:17:f9:8e'
const texts = names.map((name) => notification('CONNECT,@,1', { common_name: name, tls_serial_hex_0: SERIAL }))
let cid = 0
let answered = 0
const ask = () => {
  const number = cid++
  openvpn.say((texts[number % GATEWAYS] ?? '').replace('@', String(number)))
}

const closed = await measure('closed loop: CONNECT, answered by client-auth, the next one', async (end) => {
  openvpn.onCommand = (command) => {
    if (!command.startsWith('client-auth ')) return
    answered++
    // Else the clients that were let in would be many more than there are gateways.
    openvpn.say(`>CLIENT:DISCONNECT,${answered - 1}\r\n>CLIENT:ENV,bytes_sent=1\r\n>CLIENT:ENV,END\r\n`)
    if (performance.now() < end) ask()
  }
  for (let started = 0; started < IN_FLIGHT; started++) ask()
})
out(closed)

out(
  await measure('storm: CONNECT, client-auth, ESTABLISHED, DISCONNECT with events', async (end) => {
    openvpn.onCommand = (command) => {
      if (!command.startsWith('client-auth ')) return
      answered++
      const [, id] = command.split(' ')
      openvpn.say(
        notification(`ESTABLISHED,${id}`) + notification(`DISCONNECT,${id}`, { bytes_sent: '1', bytes_received: '2' }),
      )
      if (performance.now() < end) ask()
    }
    for (let started = 0; started < IN_FLIGHT; started++) ask()
  }),
)
out(`events taken by the service: ${service.events.length}`)
agent.kill('SIGTERM')
await new Promise((resolve) => agent.once('exit', resolve))
await openvpn.stop()
await service.stop()
rmSync(folder, { recursive: true })

async function measure(title: string, begin: (end: number) => Promise<void>): Promise<string> {
  answered = 0
  cid = 0
  openvpn.commands.length = 0
  const cpu = cpuOf(agent.pid ?? 0)
  const from = performance.now()
  await begin(from + SECONDS * 1000)
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000 + 500))
  const spent = cpuOf(agent.pid ?? 0) - cpu
  return `${title}: ${Math.round(answered / SECONDS)}/s, ${((spent * 1000) / answered).toFixed(3)} ms of the agent's CPU each`
}

/** Seconds of CPU that a process has used. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}
