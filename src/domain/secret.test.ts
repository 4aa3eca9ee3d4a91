import { format, inspect } from 'node:util'
import t from 'tap'
import { Secret } from './secret.ts'

const TEXT = 'correct-horse-battery'
const secret = new Secret(TEXT)

t.test('a secret is told to who asks for it by name', async (t) => {
  t.equal(secret.reveal(), TEXT)
})

const WAYS: Record<string, () => string> = {
  'a template': () => `${secret}`,
  'a concatenation': () => 'the secret '.concat(String(secret)),
  JSON: () => JSON.stringify({ deep: [{ secret }] }),
  inspect: () => inspect(secret),
  'inspect, of what holds it': () => inspect({ a: { b: { c: [secret] } } }, { depth: null, showHidden: true }),
  'inspect without its own say': () => inspect(secret, { customInspect: false, showHidden: true }),
  'a format, as console.log has it': () => format('%s %j %o %O', secret, secret, secret, secret),
  'its keys': () => JSON.stringify([Object.entries(secret), Object.getOwnPropertyNames(secret)]),
  'a spread': () => JSON.stringify({ ...secret }),
  'a clone': () => inspect(structuredClone(secret)),
  'an error that was made with it': () => inspect(new Error(`wrong: ${secret}`, { cause: secret })),
}

for (const [way, said] of Object.entries(WAYS)) {
  t.test(`it does not slip out through ${way}`, async (t) => {
    t.notMatch(said(), TEXT)
  })
}

t.test('it is compared to the letter', async (t) => {
  t.equal(secret.equals(TEXT), true)
  for (const other of ['', 'correct-horse-batter', 'correct-horse-battery ', 'Correct-horse-battery', '[secret]']) {
    t.equal(secret.equals(other), false, other)
  }
})
