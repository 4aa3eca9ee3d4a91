import t from 'tap'
import { Refusal, readProblem } from './refusal.ts'

const refusal = (document: object) => {
  const problem = readProblem(JSON.stringify(document))
  if (problem === undefined) throw new Error('this is no problem document')
  return new Refusal(problem)
}

t.test('a refusal says what the problem document says', async (t) => {
  const { message, code } = refusal({
    type: '/problems/user-unknown',
    title: 'No user',
    detail: 'There is no user "x".',
  })
  t.same({ message, code }, { message: 'There is no user "x".', code: 'user-unknown' })
  t.equal(refusal({ type: '/problems/internal', title: 'A title' }).message, 'A title', 'without a detail its title')
  t.equal(refusal({ type: '/problems/internal' }).message, '/problems/internal')
})

t.test('several faults are all said, one is in the detail already', async (t) => {
  const errors = [
    { field: '/name', message: 'is missing' },
    { field: '/colour', message: 'is unknown here' },
  ]
  const document = { type: '/problems/bad-request', detail: 'Refused: /name is missing.' }
  t.equal(
    refusal({ ...document, errors }).message,
    'Refused: /name is missing.\n  /name is missing\n  /colour is unknown here',
  )
  t.equal(refusal({ ...document, errors: errors.slice(0, 1) }).message, 'Refused: /name is missing.')
})

t.test('who has no token is told the setting', async (t) => {
  t.match(
    refusal({ type: '/problems/unauthorized', detail: 'Send it.' }).message,
    'Send it.\nThe command line reads it from the file VPNUNIT_TOKEN_FILE',
  )
})

t.test('no word of it reaches the terminal as a command', async (t) => {
  const errors = [{ field: '\u001b[2J', message: 'a\nb' }]
  const { problem } = refusal({ type: '/problems/bad-name', detail: '\u001b]52;c;eA==\u0007 \u009b\n', errors })
  t.match(JSON.stringify(problem), /^[\x20-\x7e]*$/)
  t.notMatch(problem.detail, /\p{Cc}/u)
  t.notMatch(problem.errors[0]?.field, /\p{Cc}/u)
  t.notMatch(problem.errors[0]?.message, /\p{Cc}/u)
})

for (const text of ['', '<html>', 'null', '3', '[]', '{}', '{"type":"about:blank"}', '{"type":7}']) {
  t.test(`${text || 'nothing'} is no problem document`, async (t) => {
    t.equal(readProblem(text), undefined)
  })
}

t.test('errors of another form are no fault of ours', async (t) => {
  const document = { type: '/problems/bad-request', detail: 7, errors: [null, 3, { field: {} }] }
  t.equal(readProblem(JSON.stringify(document))?.errors.length, 3)
  t.equal(readProblem(JSON.stringify({ ...document, errors: 'x' }))?.errors.length, 0)
})
