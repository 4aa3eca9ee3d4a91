import { join } from 'node:path'
import t from 'tap'
import { formatPolicy, parsePolicy, readPolicyFile } from './policy-file.ts'

t.test('a policy is read as it was written, YAML or JSON', async (t) => {
  const policy = {
    default: 'open',
    groups: { ops: { members: ['user:ada'], rules: [{ ports: ['22'], network: '1' }] } },
  }
  const folder = t.testdir({ yaml: await formatPolicy(policy), json: JSON.stringify(policy) })
  for (const name of ['yaml', 'json']) t.strictSame(await readPolicyFile(join(folder, name)), policy)
})

t.test('what is no YAML is told in one line, and nothing that is printed commands the terminal', async (t) => {
  await t.rejects(parsePolicy('a: [', 'x.yaml'), { name: 'WrongUsage', message: /^x\.yaml is no YAML: [^\n]+$/ })
  await t.rejects(parsePolicy(`a: &a [1]\nb: [${'*a,'.repeat(200)}]`, 'x'), { name: 'WrongUsage' })
  const text = await formatPolicy({ a: '\u001b[2J', b: '\u200f' })
  t.notMatch(text.replaceAll('\n', ''), /\p{C}/u)
})
