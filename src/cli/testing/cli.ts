import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { buildApp } from '../../app.ts'
import { readConfig } from '../../config.ts'
import { listenOnSocket } from '../../serve/listeners.ts'
import { askAs, openTestUnit, type TestApp, TOKEN } from '../../testing/test-unit.ts'
import { runCommand } from '../run.ts'

export type Outcome = { exit: number; out: string; err: string; bar: string }

/** Calls a command as a shell would, with words that hold no blanks: `call('gateway list --json')`. */
export type CallCli = (line: string) => Promise<Outcome>

export type TestCli = TestApp & { call: CallCli; socket: string }

/** The real service on a unix socket, and the command line that asks it. */
export async function openTestCli(t: Test, { isTTY = false } = {}): Promise<TestCli> {
  const opened = await openTestUnit(t)
  const api = await buildApp(opened.unit)
  const socket = socketPath(t)
  const listener = await listenOnSocket(api, socket)
  t.teardown(() => listener.close())
  return { ...opened, api, ask: askAs(api, TOKEN), socket, call: callerOf(`unix:${socket}`, { isTTY }) }
}

/** The command line before a service of the test's own. */
export async function openFakeService(t: Test, answer: RequestListener): Promise<{ call: CallCli; socket: string }> {
  const socket = socketPath(t)
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { socket, call: callerOf(`unix:${socket}`) }
}

/** The command line with an address of the service, and with other settings. */
export function callerOf(api: string, { isTTY = false, env = {} as Record<string, string> } = {}): CallCli {
  return async (line) => {
    const texts = { out: [] as string[], err: [] as string[], bar: [] as string[] }
    const terminal = {
      print: (text: string) => void texts.out.push(text),
      complain: (words: string) => void texts.err.push(`${words}\n`),
      progress: { isTTY, write: (text: string) => texts.bar.push(text) },
    }
    const words = line.split(' ').filter((word) => word !== '')
    const exit = await runCommand(words, () => readConfig({ VPNUNIT_API: api, ...env }), terminal)
    return { exit, out: texts.out.join(''), err: texts.err.join(''), bar: texts.bar.join('') }
  }
}

/** Outside the test's folder, whose name is often longer than a socket's may be. */
export function socketPath(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'vpnunit-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 's')
}
