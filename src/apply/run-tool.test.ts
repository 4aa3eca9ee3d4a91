import t from 'tap'
import { findTool, runTool } from './run-tool.ts'

t.test('a tool is found where distributions have it', async (t) => {
  t.match(findTool('cat'), /^\/(usr\/)?bin\/cat$/)
  t.equal(findTool('no-such-tool'), undefined)
})

t.test('what it is told comes by its input, and what it says comes back', async (t) => {
  const cat = findTool('cat') ?? ''
  t.same(await runTool(cat, [], 'a; $(reboot)\n'), { error: null, stdout: 'a; $(reboot)\n', stderr: '' })
  t.match(await runTool(cat, ['/no/such/file']), { error: { code: 1 }, stderr: /No such file/ })
  t.match(await runTool('/no/such/tool', []), { error: { code: 'ENOENT' } })
})
