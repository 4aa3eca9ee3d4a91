import t from 'tap'
import { readStatus } from './status.ts'

t.test('a client says what it counted, whatever format it is asked for', async (t) => {
  const status = readStatus(['OpenVPN STATISTICS', 'Updated,2026-11-21 16:28:25', 'TUN/TAP read bytes,7'])
  t.match(status, { kind: 'client', updatedText: '2026-11-21 16:28:25' })
  t.same([...status.stats], [['TUN/TAP read bytes', 7]])
})

t.test('what is no status is an error', async (t) => {
  const bad = [
    [],
    ['x'],
    ['OpenVPN STATISTICS'],
    ['OpenVPN STATISTICS', 'Updated,x', 'y'],
    ['TITLE,x', 'y'],
    ['TITLE', 'x'],
  ]
  const more = [['OpenVPN CLIENT LIST'], ['OpenVPN CLIENT LIST', 'Updated,x', 'y'], ['TITLE\tx', '__proto__\tx']]
  for (const lines of [...bad, ...more]) t.throws(() => readStatus(lines), { code: 'bad-reply' }, lines.join('|'))
})
