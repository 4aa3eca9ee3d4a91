import t from 'tap'
import { viewEndedSessions } from './session-views.ts'

t.test('sessions that were ended are counted over all hosts', async (t) => {
  const one = { host: 'vpn1', instance: 0, found: 2, ended: 2, left: 0 }
  const instances = [one, { ...one, instance: 1, found: 1, ended: 0, left: 1 }, { ...one, host: 'vpn2', ended: 1 }]
  t.same(viewEndedSessions({ instances, notReached: ['vpn3'] }), { sessionsEnded: 3, instances, notReached: ['vpn3'] })
})
