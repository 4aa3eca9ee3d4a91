import t from 'tap'
import type { DutyAnswer } from '../domain/route-duty.ts'
import type { Duty } from './duty-connection.ts'
import { DutyTeller } from './duty-teller.ts'

const FINE = { id: 1, report: { wanted: 0, missing: 0, repairs: 0, fault: null } }
const duty = (device: string): Duty => ({ duty: 'routes', routes: [{ prefix: '2001:470:c844:200::/60', device }] })

/** A teller whose questions the test answers. */
function open() {
  const asked: { duty: Duty; answer: (answer: DutyAnswer | undefined) => void }[] = []
  const learned: DutyAnswer[] = []
  const ask = (one: Duty) => new Promise<DutyAnswer | undefined>((answer) => asked.push({ duty: one, answer }))
  return { asked, learned, teller: new DutyTeller('routes', ask, (answer) => learned.push(answer)) }
}

t.test('the newest is said once, one at a time, and those in between never', async (t) => {
  const { teller, asked, learned } = open()
  teller.want(duty('tun0'))
  t.equal(asked.length, 0, 'nobody is there')
  teller.opened()
  teller.want(duty('tun1'))
  teller.want(duty('tun2'))
  const settled = teller.settled()
  t.same(
    asked.map((one) => one.duty),
    [duty('tun0')],
  )
  asked[0]?.answer(FINE)
  await new Promise((resolve) => setImmediate(resolve))
  t.same(
    asked.map((one) => one.duty),
    [duty('tun0'), duty('tun2')],
  )
  asked[1]?.answer(FINE)
  t.ok(await settled)
  teller.want(duty('tun2'))
  t.equal(asked.length, 2)
  t.equal(learned.length, 2)
})

t.test('a new connection is told anew, and who waited hears that the old one is gone', async (t) => {
  const { teller, asked } = open()
  teller.want(duty('tun0'))
  teller.opened()
  const settled = teller.settled()
  teller.closed()
  t.notOk(await settled)
  teller.opened()
  t.equal(asked.length, 2)
})

t.test('a refusal is kept until the next one is taken', async (t) => {
  const { teller, asked } = open()
  teller.opened()
  teller.want(duty('tun0'))
  const settled = teller.settled()
  asked[0]?.answer({ id: 1, fault: 'no' })
  t.notOk(await settled)
  t.equal(teller.refusal, 'apply refuses the routes: no')
  teller.want(duty('tun1'))
  asked[1]?.answer(FINE)
  t.ok(await teller.settled())
  t.equal(teller.refusal, null)
})
