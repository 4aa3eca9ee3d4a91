import t from 'tap'
import * as history from './history.ts'

t.test('each of three histories is turned on, shown, and both at once', async (t) => {
  const texts = {
    'log on': history.realTimeLog(true),
    'log 20': history.logHistory(20),
    'log on all': history.realTimeLogAndHistory('all'),
    state: history.state(),
    'state off': history.realTimeState(false),
    'state all': history.stateHistory('all'),
    'state on 3': history.realTimeStateAndHistory(3),
    'echo on': history.realTimeEcho(true),
    'echo all': history.echoHistory('all'),
    'echo on all': history.realTimeEchoAndHistory('all'),
  }
  for (const [text, command] of Object.entries(texts)) t.equal(command.text, `${text}\n`)
  t.throws(() => history.logHistory(-1), { code: 'bad-command' })
  t.throws(() => history.logHistory('1\nexit' as 'all'), { code: 'bad-command' })
})
