import t from 'tap'
import { goSteps } from './steps.ts'
import { nothingTouched } from './touched.ts'

const touched = { gateways: new Set(['g0']), crl: true, server: false, policy: true }
const fail = (words: string) => () => {
  throw new Error(words)
}

t.test('every step is gone, in order, each with what was touched', async (t) => {
  const gone: string[] = []
  const step = (name: string) => ({ of: ['crl'] as const, run: () => void gone.push(name) })
  t.equal(await goSteps([step('one'), step('two')], touched), undefined)
  t.same(gone, ['one', 'two'])
})

t.test('what a step that failed was to do is left, and the others’ work is not', async (t) => {
  let isGone = false
  const outcome = await goSteps(
    [
      { of: ['gateways', 'policy'], run: fail('first') },
      { of: ['server'], run: async () => fail('second')() },
      {
        of: ['crl'],
        run: () => {
          isGone = true
        },
      },
    ],
    touched,
  )
  t.ok(isGone)
  t.equal(outcome?.fault.message, 'first')
  t.same(outcome?.left, { ...nothingTouched(), gateways: touched.gateways, policy: true })
})
