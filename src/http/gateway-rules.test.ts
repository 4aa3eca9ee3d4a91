import t from 'tap'
import { openTestApp } from '../testing/test-unit.ts'

const rule = (peer: string) => ({ action: 'allow', direction: 'from', peer, protocol: 'any' })

t.test('what holds for a gateway is listed in the order it is asked, with where it comes from', async (t) => {
  const { ask } = await openTestApp(t)
  await ask('POST', '/users', { name: 'ada' })
  await ask('POST', '/gateways', { name: 'a.example.org', user: 'ada' })
  t.strictSame((await ask('GET', '/gateway/a.example.org/rules')).body, {
    gateway: 'a.example.org',
    default: 'open',
    groups: [],
    rules: [],
  })
  await ask('PUT', '/policy', {
    default: 'closed',
    groups: {
      ops: { members: ['user:ada', 'gateway:a.example.org'], rules: [rule('any'), rule('host')] },
      dev: { members: ['user:ada'], rules: [rule('internet')] },
      guests: { rules: [rule('user:ada')] },
    },
  })
  const shown = await ask('GET', '/gateways/a.example.org/rules')
  t.strictSame(shown.body, {
    gateway: 'a.example.org',
    default: 'closed',
    groups: ['dev', 'ops'],
    rules: [
      { group: 'dev', position: 1, via: ['user:ada'], ...rule('internet') },
      { group: 'ops', position: 1, via: ['gateway:a.example.org', 'user:ada'], ...rule('any') },
      { group: 'ops', position: 2, via: ['gateway:a.example.org', 'user:ada'], ...rule('host') },
    ],
  })
  const known = { 'if-none-match': String(shown.headers.etag) }
  t.equal((await ask('GET', '/gateway/a.example.org/rules', undefined, known)).status, 304)
  t.match((await ask('GET', '/gateway/x.example.org/rules')).body, { type: '/problems/gateway-unknown' })
})
