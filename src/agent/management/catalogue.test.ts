import { readFileSync } from 'node:fs'
import t from 'tap'
import * as commands from './commands.ts'
import { MESSAGES } from './messages/table.ts'
import { COMMANDS, DOCUMENT, EVENTS, fillDocument, unseen } from './testing/catalogue.ts'

t.test('docs/management.md is what the code is', async (t) => {
  const document = readFileSync(DOCUMENT, 'utf8')
  t.equal(fillDocument(document), document, 'node src/agent/management/testing/catalogue.ts makes it anew')
})

t.test('every function that makes a command is of one command', async (t) => {
  const listed = Object.values(COMMANDS).flatMap(({ functions }) => functions)
  t.same(listed.toSorted(), Object.keys(commands).toSorted())
})

t.test('every message that is read is listed', async (t) => {
  t.same(Object.keys(EVENTS).toSorted(), [...MESSAGES.keys(), 'CLIENT', 'UPDOWN'].toSorted())
})

t.test('every function and every event has met the real program', async (t) => {
  t.same(unseen(), [])
})
