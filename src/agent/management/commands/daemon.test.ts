import t from 'tap'
import * as daemon from './daemon.ts'

t.test('each command is its word, with what belongs to it', async (t) => {
  const texts = {
    pid: daemon.pid(),
    version: daemon.version(),
    'version 5': daemon.announceVersion(5),
    help: daemon.help(),
    'status 1': daemon.status(1),
    'status 3': daemon.status(3),
    'load-stats': daemon.loadStats(),
    'signal SIGUSR1': daemon.signal('SIGUSR1'),
    hold: daemon.hold(),
    'hold release': daemon.setHold('release'),
    'bytecount 5': daemon.bytecount(5),
    verb: daemon.verb(),
    'verb 4': daemon.setVerb(4),
    mute: daemon.mute(),
    'mute 40': daemon.setMute(40),
    'env-filter 2': daemon.envFilter(2),
    net: daemon.net(),
    'test 3': daemon.test(3),
    'test 0': daemon.test(0),
    exit: daemon.exit(),
    quit: daemon.quit(),
  }
  for (const [text, command] of Object.entries(texts)) t.equal(command.text, `${text}\n`)
})

t.test('what OpenVPN would misread is refused', async (t) => {
  const bad = [
    () => daemon.signal('SIGKILL' as 'SIGTERM'),
    () => daemon.setHold('on\nexit' as 'on'),
    () => daemon.status(4 as 3),
    () => daemon.setVerb(16),
    () => daemon.bytecount(-1),
    () => daemon.announceVersion(1.5),
    () => daemon.test(1e9),
    () => daemon.envFilter(Number.NaN),
  ]
  for (const one of bad) t.throws(one, { code: 'bad-command' })
})
