import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'

const OUTPUT = join(import.meta.dirname, 'output.ts')

/** What a program that uses it says and ends with, in a shell where `node` runs the program. */
function sh(script: string, body: string) {
  const program = `import { complain, guardOutput, print } from ${JSON.stringify(OUTPUT)}\nguardOutput()\n${body}`
  const args = ['--norc', '-c', `node() { "$0" --input-type=module --eval "$PROGRAM"; }; set -o pipefail; ${script}`]
  const env = { PATH: process.env.PATH, PROGRAM: program }
  const { status, stdout, stderr } = spawnSync('bash', [...args, process.execPath], { encoding: 'utf8', env })
  return { status, stdout, stderr }
}

t.test('what is printed is printed as it is, what is complained of is made harmless', async (t) => {
  const body = "print('a\\tb\\n'); complain('one\\u001b[2J\\ntwo')"
  t.same(sh('node', body), { status: 0, stdout: 'a\tb\n', stderr: 'vpnunit: one\\u001b[2J\ntwo\n' })
})

t.test('a reader that has seen enough is no fault, and changes no exit code', async (t) => {
  const lines = "print('x\\n'.repeat(1_000_000))"
  t.same(sh('node | head -1', lines), { status: 0, stdout: 'x\n', stderr: '' })
  t.same(sh('node | head -1', `process.exitCode = 1; ${lines}`), { status: 1, stdout: 'x\n', stderr: '' })
})

t.test('a disk that is full is a fault, even when nobody can be told', async (t) => {
  const body = "print('x')"
  t.match(sh('node > /dev/full', body), { status: 1, stderr: /^vpnunit: the output can't be written: ENOSPC: .*\n$/ })
  t.match(sh('node > /dev/full 2> /dev/full', body), { status: 1 })
  t.match(sh('node 2> /dev/full', "complain('x')"), { status: 0 })
})
