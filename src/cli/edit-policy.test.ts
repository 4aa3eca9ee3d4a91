import { existsSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { openTestCli } from './testing/cli.ts'

/** Has the policy edited by a shell script, which finds the file as "$1". */
async function edit(t: Parameters<typeof openTestCli>[0], script: string) {
  const opened = await openTestCli(t)
  const { VISUAL, EDITOR } = process.env
  t.teardown(() => Object.assign(process.env, { VISUAL, EDITOR }))
  delete process.env.VISUAL
  const folder = t.testdir({ editor: script })
  process.env.EDITOR = `sh ${folder}/editor`
  return { ...opened, edited: await opened.call('policy edit') }
}

t.test('what was saved is applied', async (t) => {
  const { edited, unit } = await edit(t, 'sed -i s/open/closed/ "$1"')
  t.match(edited, { exit: 0, err: '', out: '- default open\n+ default closed\nthe policy is changed\n' })
  t.equal(unit.store.site.defaultPolicy(), 'closed')
})

t.test('nothing edited is nothing applied', async (t) => {
  const { edited, unit } = await edit(t, 'true')
  t.match(edited, { exit: 0, out: '', err: 'nothing was edited' })
  t.equal(
    unit.store.audit.list(Number.MAX_SAFE_INTEGER, 9).some(({ action }) => action === 'policy.apply'),
    false,
  )
})

t.test('what is refused is kept, and where is said', async (t) => {
  const { edited, unit } = await edit(t, 'sed -i s/open/ajar/ "$1"')
  t.match(edited, { exit: 1, err: /^your text is kept in \S+\n.*default must be one of open, closed/ })
  const [, file = ''] = /kept in (\S+)/.exec(edited.err) ?? []
  t.match(readFileSync(file, 'utf8'), 'default: ajar')
  rmSync(dirname(file), { recursive: true })
  t.equal(unit.store.site.defaultPolicy(), 'open')
})

t.test('an editor that fails without a change leaves no copy', async (t) => {
  const { edited } = await edit(t, 'echo "$1" >"$0.file"; exit 3')
  t.match(edited, { exit: 2, err: /^the editor failed: exit code 3\n$/ })
  const file = readFileSync(join(t.testdirName, 'editor.file'), 'utf8').trim()
  t.match(file, /policy\.yaml$/)
  t.notOk(existsSync(dirname(file)))
})

t.test('an editor that fails changes nothing, and what was written is kept', async (t) => {
  const { edited } = await edit(t, 'sed -i s/open/closed/ "$1"; exit 3')
  t.match(edited, { exit: 2, err: 'the editor failed: exit code 3' })
  const [, file = ''] = /kept in (\S+)/.exec(edited.err) ?? []
  t.ok(existsSync(file))
  rmSync(dirname(file), { recursive: true })
})
