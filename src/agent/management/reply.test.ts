import t from 'tap'
import type { Command } from './command.ts'
import * as commands from './commands.ts'
import { ReplyReader } from './reply.ts'

/** The last outcome of lines, each of which but the last must leave the answer open. */
function answer(command: Command<unknown>, lines: string[], maxBytes = 1000) {
  const reader = new ReplyReader(command, maxBytes)
  const outcomes = lines.map((line) => reader.line(line))
  for (const one of outcomes.slice(0, -1)) if (one.kind !== 'more') throw new Error(`over too early: ${one.kind}`)
  return outcomes.at(-1)
}

t.test('each shape of answer is read to its end', async (t) => {
  t.same(answer(commands.pid(), ['SUCCESS: pid=7']), { kind: 'value', value: 7 })
  t.same(answer(commands.help(), ['Commands:', 'SUCCESS: x', 'ERROR: x', 'END']), {
    kind: 'value',
    value: ['Commands:', 'SUCCESS: x', 'ERROR: x'],
  })
  t.same(answer(commands.realTimeEchoAndHistory('all'), ['SUCCESS: on', '1,SUCCESS: x', 'END']), {
    kind: 'value',
    value: [{ time: 1, text: 'SUCCESS: x' }],
  })
  t.same(answer(commands.test(2), ['ERROR', 'END']), { kind: 'value', value: ['ERROR', 'END'] })
  t.same(answer(commands.clientKill(1), ['SUCCESS: client-kill command succeeded']), {
    kind: 'value',
    value: undefined,
  })
})

t.test('a message can be the answer', async (t) => {
  const reader = new ReplyReader(commands.pkcs11IdCount(), 1000)
  t.equal(reader.event({ type: 'INFO', text: 'x' }), undefined)
  t.same(reader.event({ type: 'PKCS11ID-COUNT', count: 5 }), { kind: 'value', value: 5 })
  t.equal(new ReplyReader(commands.pid(), 9).event({ type: 'PKCS11ID-COUNT', count: 5 }), undefined)
})

t.test('an error is one at the begin of an answer alone, and words before it are none', async (t) => {
  t.match(answer(commands.status(1), ['ERROR: x']), { kind: 'error', error: { code: 'refused', text: 'x' } })
  const lines = ["--auth-retry method must be 'interact'", 'ERROR: bad auth-retry parameter']
  t.match(answer(commands.authRetry('none'), lines), { kind: 'error', error: { text: 'bad auth-retry parameter' } })
  t.match(answer(commands.realTimeLogAndHistory(1), ['SUCCESS: x', 'ERROR: y', 'END']), {
    error: { code: 'bad-reply' },
  })
})

t.test('the refusals of a block’s lines belong to it', async (t) => {
  const unknown = "ERROR: unknown command, enter 'help' for more options"
  const filter = commands.clientPf(1, ['[CLIENTS ACCEPT]', '[END]'])
  t.match(answer(filter, [unknown, unknown, unknown, unknown]), { error: { code: 'removed', verb: 'client-pf' } })
  const signature = commands.pkSig('A'.repeat(64))
  t.match(answer(signature, ['ERROR: The pk-sig command is not currently available', unknown, unknown]), {
    error: { code: 'not-available' },
  })
  t.match(answer(commands.clientAuth({ cid: 1, kid: 1 }, ['a']), ['ERROR: client-auth command failed']), {
    error: { code: 'refused' },
  })
})

t.test('nonsense and too much are errors', async (t) => {
  t.match(answer(commands.pid(), ['SUCCESS: x']), { error: { code: 'bad-reply', verb: 'pid', text: 'x' } })
  t.match(answer(commands.status(3), ['x', 'END']), { error: { code: 'bad-reply' } })
  t.match(answer(commands.help(), ['a'.repeat(6), 'b'.repeat(6)], 10), {
    error: { code: 'reply-too-large', verb: 'help' },
  })
  t.match(answer(commands.pid(), ['a'.repeat(6), 'b'.repeat(6)], 10), { error: { code: 'reply-too-large' } })
})
