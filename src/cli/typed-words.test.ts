import t from 'tap'
import { openTestCli } from './testing/cli.ts'
import { inTypedWords } from './typed-words.ts'

const SHAPE = {
  words: ['gateway', 'add'],
  operands: ['name', 'way', 'member?'],
  meaning: '',
  options: { 'key-type': { meaning: '' }, expires: { meaning: '' }, ports: { meaning: '' } },
  fields: { expiresAt: 'expires', direction: 'way' },
  examples: [],
}

const refusal = (field: string, detail = `The body is refused: ${field} is wrong.`) => ({
  type: '/problems/bad-request',
  detail,
  errors: [{ field, message: 'is wrong' }],
})

t.test('a field is called by what was typed for it', async (t) => {
  for (const [field, typed] of [
    ['/keyType', '--key-type'],
    ['/expiresAt', '--expires'],
    ['/ports/0', '--ports'],
    ['/name', '<name>'],
    ['/direction', '<way>'],
    ['/member', '<member>'],
  ] as const) {
    const { detail, errors } = inTypedWords(SHAPE, refusal(field))
    t.same({ detail, errors }, { detail: `${typed} is wrong.`, errors: [{ field: typed, message: 'is wrong' }] })
  }
  t.equal(inTypedWords(SHAPE, refusal('/name', '/name: There is none.')).detail, '<name>: There is none.')
})

t.test('a tag that is another is a change by somebody else', async (t) => {
  const problem = { type: '/problems/precondition-failed', detail: 'If-Match asks for "a".', errors: [] }
  t.match(inTypedWords(SHAPE, problem).detail, /^Somebody else changed it meanwhile: /)
})

t.test('what nobody typed is called as the API calls it', async (t) => {
  for (const field of ['/groups/ops/rules/0', '/colour', '', '/keyType/x', '/constructor']) {
    t.same(inTypedWords(SHAPE, refusal(field)), refusal(field))
  }
  const none = { type: '/problems/user-unknown', detail: 'There is none.', errors: [] }
  t.same(inTypedWords(SHAPE, none), none)
})

for (const [line, words] of Object.entries({
  'token add one --scope read --expires 2020-01-01': '--expires must be in the future; 2020-01-01T00:00:00Z is not.\n',
  'token add one --scope read --expires 2030-02-30T00:00:00Z':
    '--expires must be a time such as 2027-01-31T00:00:00Z.\n',
  'gateway list --expires-before 2030-02-30': '--expires-before must be a time such as 2027-01-31T00:00:00Z.\n',
  'gateway traffic a.example.org --from yesterday': '--from must be a day in UTC, such as 2027-01-31.\n',
  'gateway lan a.example.org --interface eth1 --network 10': '--network must be one digit, 0 to 9 or a to f.\n',
  'gateway add a.example.org --user ada --slot 16': '--slot must be 0 to 15.\n',
  'audit --limit 0': '--limit must be 1 to 10000.\n',
  'group rule remove ops one': '<position> must be 1 or more, as the list of the rules counts them.\n',
  'group rule add ops permit from any': '<action> must be one of allow, deny.\n',
  'group rule add ops allow beside any': '<way> must be one of from, to, both.\n',
})) {
  t.test(`the service’s refusal of: ${line}`, async (t) => {
    const { call } = await openTestCli(t)
    t.same(await call(line), { exit: 1, out: '', err: words, bar: '' })
  })
}

t.test('a time may be a day, and what is neither is said before anybody is asked', async (t) => {
  const { call } = await openTestCli(t)
  t.match(await call('token add one --scope read --expires 2030-01-01'), {
    exit: 0,
    out: '\nexpires  2030-01-01T00:00:00Z\n',
  })
  const words = 'must be a day such as 2027-01-31 or a time such as 2027-01-31T00:00:00Z, not "tomorrow"'
  t.same(await call('gateway list --expires-before tomorrow'), {
    exit: 2,
    out: '',
    err: `--expires-before ${words}\n`,
    bar: '',
  })
  t.match(await call('token add two --scope read --expires tomorrow'), { exit: 2, err: `--expires ${words}` })
})
