import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { letGo } from './host.ts'
import { FakeHost } from './testing/fake-host.ts'

t.test('a command that OpenVPN does not take ends nothing', async (t) => {
  letGo(new FakeHost(), Promise.reject(new Error('client-kill command failed')))
  letGo(new FakeHost(), Promise.reject('no error'))
  await turn()
  t.pass('and is not unhandled')
})
