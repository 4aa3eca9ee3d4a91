import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'

const MAIN = join(import.meta.dirname, '../main.ts')

type Line = { msg: string; [fact: string]: unknown }

/** Starts the service as the shell does, without a TCP port. The folder is short: a socket's path has 107 characters. */
function start(t: Test, data: string) {
  const env = { VPNUNIT_ENV_FILE: '', VPNUNIT_DATA: data, VPNUNIT_PORT: '0' }
  const child = spawn(process.execPath, [MAIN, 'serve'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  t.teardown(() => child.kill('SIGKILL'))
  const complaint = text(child.stderr)
  const ended = once(child, 'close').then(([code]) => code)
  const heard: Line[] = []
  const serving = new Promise<Line>((resolve) => {
    createInterface(child.stdout).on('line', (line) => {
      heard.push(JSON.parse(line))
      if (heard.at(-1)?.msg === 'serving') resolve(heard.at(-1) as Line)
    })
  })
  return { child, complaint, ended, heard, serving }
}

function folder(t: Test): string {
  const path = mkdtempSync(join(tmpdir(), 'vpnunit-'))
  t.teardown(() => rmSync(path, { recursive: true }))
  return path
}

/** Asks over the socket, and returns the status and the text. */
async function ask(socketPath: string, path: string): Promise<[number | undefined, string]> {
  const asked = request({ socketPath, path }).end()
  const [response] = await once(asked, 'response')
  return [response.statusCode, await text(response)]
}

t.test('of two that are started at once one serves until SIGTERM, and the other says why it does not', async (t) => {
  const data = folder(t)
  const both = [start(t, data), start(t, data)]
  const first = await Promise.race(both.map((one) => one.serving.then((line) => ({ ...one, line }))))
  const socket = join(data, 'vpnunit.sock')
  const agentSocket = join(data, 'run/agent.sock')
  t.match(first.line, { prefix: '2001:470:c844::/48', socket, agentSocket, token: join(data, 'admin-token') })
  t.match(await ask(agentSocket, '/users'), [403, /needs the scope .*read.*the caller has .*agent/])
  t.same(await ask(socket, '/users'), [200, '[]'], 'no token asked: the file’s mode is the lock')
  for (const secret of ['vpnunit.sock', 'database.sqlite3', 'admin-token']) {
    t.equal(statSync(join(data, secret)).mode & 0o077, 0, `${secret} is for us alone`)
  }

  const second = both.find(({ child }) => child !== first.child)
  t.equal(await second?.ended, 1)
  t.match(await second?.complaint, /^vpnunit: another vpnunit serves this data directory: .*\n$/)

  first.child.kill('SIGTERM')
  t.equal(await first.ended, 0)
  t.match(first.heard.slice(-2), [{ msg: 'stopping', signal: 'SIGTERM' }, { msg: 'stopped' }])
  t.equal(await first.complaint, '')
  t.notOk(existsSync(socket))
  t.notOk(existsSync(agentSocket))
})
