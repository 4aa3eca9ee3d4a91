import t from 'tap'
import { parseDynvpnFile } from './dynvpn-file.ts'

const nobody = { users: new Set<string>(), gateways: new Set<string>() }

t.test('a line is a user and its groups, by the names they get here', async (t) => {
  const file = parseDynvpnFile('# members\njohn_doe allow_ssh allow_dns\n\nJane  allow_ntp # late\nroot\n', nobody)
  t.same(file.entries, [
    { line: 2, member: 'user:john-doe', groups: ['allow-ssh', 'allow-dns'] },
    { line: 4, member: 'user:jane', groups: ['allow-ntp'] },
    { line: 5, member: 'user:root', groups: [] },
  ])
  t.same(
    [...file.names.users],
    [
      ['john_doe', 'john-doe'],
      ['Jane', 'jane'],
      ['root', 'root'],
    ],
  )
  t.same(file.faults, [])
})

t.test('several users on one line are told apart where they are known, or begin another line', async (t) => {
  const text = 'john_doe allow_ssh allow_dns jane_doe allow_ntp ...\njane_doe allow_dns'
  const groups = [
    ['user:john-doe', ['allow-ssh', 'allow-dns']],
    ['user:jane-doe', ['allow-ntp']],
  ]
  const two = parseDynvpnFile(text, nobody).entries.map(({ member, groups }) => [member, groups])
  t.same(two, [...groups, ['user:jane-doe', ['allow-dns']]])
  const [line = ''] = text.split('\n')
  const known = parseDynvpnFile(line, { ...nobody, users: new Set(['jane-doe']) })
  t.same(
    known.entries.map(({ member, groups }) => [member, groups]),
    groups,
  )
})

t.test('a gateway may be a member too', async (t) => {
  const { entries } = parseDynvpnFile('a.example.org allow_ssh', { ...nobody, gateways: new Set(['a.example.org']) })
  t.match(entries, [{ member: 'gateway:a.example.org' }])
})

t.test('names that can’t be, and two that would become one, are faults', async (t) => {
  const file = parseDynvpnFile('1st allow_ssh\njohn_doe a_b\njohn-doe a-b $(id)', nobody)
  t.match(file.faults, [
    { line: 1, message: '"1st" is not a user name' },
    { line: 3, message: '"$(id)" is not a group name' },
    { line: 0, message: 'john_doe and john-doe would both be called john-doe' },
    { line: 0, message: 'a_b and a-b would both be called a-b' },
  ])
})

t.test('a group that rules would take for somebody else is a fault of its line', async (t) => {
  const { faults } = parseDynvpnFile('ada allow_ssh\nbob any', nobody)
  t.match(faults, [{ line: 2, message: 'No group may be called "any"' }])
})
