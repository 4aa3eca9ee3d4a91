import t from 'tap'
import { isSilent } from './silence.ts'

const START = new Date('2026-03-01T12:00:00Z')
const after = (seconds: number) => new Date(START.getTime() + seconds * 1000)

t.test('a host is silent when it has not reported for more than a minute', async (t) => {
  t.equal(isSilent(after(0), after(-3600), after(60)), false)
  t.equal(isSilent(after(0), after(-3600), after(61)), true)
})

t.test('a service that has just been started gives every host its minute', async (t) => {
  t.equal(isSilent(after(-3600), after(0), after(60)), false)
  t.equal(isSilent(after(-3600), after(0), after(61)), true)
})
