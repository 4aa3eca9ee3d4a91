import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { Quiet } from './quiet.ts'

function make(now: number) {
  const told: string[] = []
  const quiet = new Quiet((bytes) => told.push(`${bytes}`), now)
  return { quiet, told }
}

t.test('who listens is told at once, who asks when it has stopped asking', async (t) => {
  const now = performance.now()
  const { quiet, told } = make(now - 1000)
  quiet.tell(Buffer.from('a'), now)
  t.same(told, ['a'])
  quiet.disturb(now)
  quiet.tell(Buffer.from('b'), now + 1)
  quiet.tell(Buffer.from('c'), now + 400)
  t.same(told, ['a'], 'what came later does not overtake')
  await pause(150)
  quiet.disturb(performance.now())
  await pause(200)
  t.same(told, ['a'])
  await pause(200)
  t.same(told, ['a', 'b', 'c'])
})

t.test('nothing is held for ever, nor without a limit', async (t) => {
  const { quiet, told } = make(performance.now())
  quiet.tell(Buffer.from('a'), performance.now() - 2900)
  const asking = setInterval(() => quiet.disturb(performance.now()), 20)
  await pause(200)
  clearInterval(asking)
  t.same(told, ['a'])
  quiet.tell(Buffer.alloc(2 ** 18 + 1), performance.now())
  t.equal(told.length, 2)
  quiet.disturb(performance.now())
  quiet.tell(Buffer.from('c'), performance.now())
  quiet.stop()
  await pause(400)
  t.equal(told.length, 2, 'and not after its end')
})
