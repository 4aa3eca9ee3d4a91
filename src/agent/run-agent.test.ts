import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readConfig } from '../config.ts'
import { shortFolder } from '../testing/short-folder.ts'
import { runAgent } from './run-agent.ts'

const MAIN = join(import.meta.dirname, '../main.ts')

t.test('wrong settings stop the start, each by its name', async (t) => {
  const folder = shortFolder(t)
  writeFileSync(join(folder, 'file'), 'two words')
  const cases: [Record<string, string>, RegExp][] = [
    [{ VPNUNIT_API: 'https://vpnunit.example.org' }, /VPNUNIT_TOKEN_FILE must be set/],
    [{ VPNUNIT_TOKEN_FILE: join(folder, 'none') }, /VPNUNIT_TOKEN_FILE .* can't be read/],
    [{ VPNUNIT_TOKEN_FILE: join(folder, 'file') }, /VPNUNIT_TOKEN_FILE .* one word/],
    [{ VPNUNIT_AGENT_DATA: join(folder, 'file') }, /VPNUNIT_AGENT_DATA .* can't be used/],
  ]
  const umask = process.umask()
  t.teardown(() => process.umask(umask))
  for (const [env, words] of cases) await t.rejects(runAgent(readConfig({ VPNUNIT_DATA: folder, ...env })), words)
})

t.test('it runs with nothing there, says so, and ends when it is told', async (t) => {
  const folder = shortFolder(t)
  mkdirSync(join(folder, 'run'))
  const env = { PATH: process.env.PATH, VPNUNIT_ENV_FILE: '', VPNUNIT_DATA: folder }
  const agent = spawn(process.execPath, [MAIN, 'agent'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  const code = await new Promise((resolve) => {
    agent.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      const isAll = ['apply is away', "instance 0 can't be reached", 'service can’t be asked'].every((words) =>
        output.includes(words),
      )
      // A second one would end it at once.
      if (isAll && !agent.killed) agent.kill('SIGTERM')
    })
    agent.once('exit', resolve)
  })
  t.equal(code, 0)
  t.match(output, /"msg":"stopped"/)
  t.match(output, /run\/agent.sock/, 'never the administrator’s socket')
})
