import t from 'tap'
import { openTestApp } from '../testing/test-unit.ts'

const KEY = '2001:470:c844:200::'

async function open(t: Parameters<typeof openTestApp>[0]) {
  const app = await openTestApp(t)
  const { ask } = app
  await ask('POST', '/users', { name: 'ada' })
  await ask('POST', '/gateways', { name: 'a.example.org', user: 'ada' })
  await ask('POST', '/groups', { name: 'ops' })
  await ask('PUT', '/groups/ops/members/user:ada')
  return app
}

t.test('what a connection is in nft’s words, on the device that is asked about', async (t) => {
  const { ask } = await open(t)
  const { status, headers, text } = await ask('GET', '/gateway/a.example.org/firewall?event=connect&device=tun3')
  t.equal(status, 200)
  t.equal(headers['content-type'], 'text/plain; charset=utf-8')
  t.equal(
    text,
    [
      `add element inet vpnunit onlink { "tun3" . ${KEY} }\n`,
      `add element inet vpnunit self { ${KEY} . ${KEY} }\n`,
      `add element inet vpnunit from { ${KEY} : jump group_ops_from }\n`,
      `add element inet vpnunit to { ${KEY} : jump group_ops_to }\n`,
    ].join(''),
  )
  t.match((await ask('GET', '/gateways/a.example.org/firewall?event=connect')).text, '"tun0"')
})

t.test('a gateway that is gone loses the same elements', async (t) => {
  const { ask } = await open(t)
  const { text } = await ask('GET', '/gateway/a.example.org/firewall?event=disconnect')
  t.match(text, `delete element inet vpnunit from { ${KEY} : jump group_ops_from }\n`)
  t.match(text, `delete element inet vpnunit onlink { "tun0" . ${KEY} }\n`)
})

t.test('another event, a device that is none and an unknown gateway are refused', async (t) => {
  const { ask } = await open(t)
  for (const query of ['', '?event=reconnect', '?event=connect&device=tun0"', '?event=connect&device=tun0%20%7B'])
    t.equal((await ask('GET', `/gateway/a.example.org/firewall${query}`)).status, 400, query)
  t.match((await ask('GET', '/gateway/b.example.org/firewall?event=connect')).body, {
    type: '/problems/gateway-unknown',
  })
})
