import t from 'tap'
import { COMMANDS } from '../management/testing/catalogue.ts'
import { isBlock, stepsOf } from './steps.ts'

const steps = (line: string, isKillAllowed = false) => stepsOf(line === '' ? [] : line.split(' '), { isKillAllowed })

function said(line: string, isKillAllowed = false): string {
  const [step] = steps(line, isKillAllowed)
  return step?.kind === 'say' ? step.text : ''
}

t.test('every command of OpenVPN is known, and what it does not know is not', async (t) => {
  for (const verb of Object.keys(COMMANDS)) t.notMatch(said(verb), /unknown command/, verb)
  t.equal(said('blah x'), "ERROR: unknown command, enter 'help' for more options")
  t.same(steps(''), [])
})

t.test('what changes anything is not offered', async (t) => {
  const refused = ['signal SIGTERM', 'hold release', 'hold on', 'verb 4', 'mute 3', 'client-auth 0 1', 'password x y']
  for (const line of [...refused, 'client-deny 0 1 x', 'client-auth-nt 0 1', 'env-filter 2', 'forget-passwords']) {
    t.equal(said(line, true), `ERROR: command '${line.split(' ')[0]}' is not offered on a shared socket`)
  }
  const asked = Object.keys(COMMANDS).flatMap((verb) => steps(`${verb} 1 2 3`))
  t.ok(asked.every(({ kind }) => kind !== 'do'))
})

t.test('reading commands are asked, in the words OpenVPN takes', async (t) => {
  const lines = [
    'status',
    'status 1',
    'status 2x',
    'status x',
    'pid 3',
    'help',
    'version',
    'verb',
    'mute',
    'hold',
    'net',
  ]
  t.same(
    lines.map((line) => steps(line).map((step) => (step.kind === 'ask' ? [step.line, step.shape] : step.kind))[0]),
    [
      ['status', 'block'],
      ['status 1', 'block'],
      ['status 2', 'block'],
      ['status', 'block'],
      ['pid', 'success'],
      ['help', 'block'],
      ['version', 'block'],
      ['verb', 'success'],
      ['mute', 'success'],
      ['hold', 'success'],
      ['net', 'block'],
    ],
  )
  t.equal(said('status 4'), 'ERROR: bad status format version number')
  t.same(steps('version 4'), [])
})

t.test('what needs no OpenVPN is said here', async (t) => {
  t.same(steps('bytecount 5')[0], { kind: 'count', seconds: 5 })
  t.same(steps('bytecount -5')[0], { kind: 'count', seconds: 0 })
  t.match(said('bytecount'), /requires 1 parameter/)
  t.equal(said('test 2').split('\r\n').length, 2)
  t.equal(said('test 999999').split('\r\n').length, 10_000)
  t.same(steps('test 0'), [])
  t.match(said('test'), /requires 1 parameter/)
  t.equal(said('env-filter'), 'SUCCESS: env_filter_level=0')
  t.same([steps('quit'), steps('exit x')], [[{ kind: 'end' }], [{ kind: 'end' }]])
})

t.test('a block of lines is known as one', async (t) => {
  t.same([isBlock('client-auth'), isBlock('client-auth-nt'), isBlock(undefined)], [true, false, false])
})
