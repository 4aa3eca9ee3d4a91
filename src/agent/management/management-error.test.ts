import t from 'tap'
import { ManagementError, refusal } from './management-error.ts'

t.test('why OpenVPN refused is read from what 2.6.14 says', async (t) => {
  const cases = {
    removed: ["unknown command, enter 'help' for more options"],
    'not-available': [
      'The pk-sig command is not currently available',
      "The 'remote' command is not supported by the current daemon mode",
      'no needok-confirmation is currently needed at this time',
      'Sorry, this command is currently only implemented on Windows',
    ],
    refused: ['client-auth command failed', "common name 'unknown command' not found", ''],
  }
  for (const [code, texts] of Object.entries(cases))
    for (const text of texts) t.match(refusal('x', text), { code, verb: 'x', text })
})

t.test('an error keeps what caused it', async (t) => {
  const cause = new Error('x')
  t.equal(new ManagementError('closed', 'y', { cause }).cause, cause)
  t.match(new ManagementError('busy', 'y'), { name: 'ManagementError', verb: undefined, text: undefined })
})
