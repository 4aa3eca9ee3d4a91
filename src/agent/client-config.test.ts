import t from 'tap'
import { planOf } from '../domain/plan.ts'
import { parsePrefix } from '../domain/prefix.ts'
import { checkLine, clientConfig } from './client-config.ts'
import { access, SITE } from './testing/feed.ts'

const site = { ...SITE, plan: planOf(parsePrefix(SITE.prefix)) }

t.test('what a gateway is given', async (t) => {
  const gateway = access()
  const lines = clientConfig(site, gateway, 1)
  t.same(lines, [
    'ifconfig-ipv6-push 2001:470:c844:20f::1/112 2001:470:c844:1::1',
    'iroute-ipv6 2001:470:c844:200::/60',
    'push "route-ipv6 2000::/3"',
    'push "route-ipv6 2001:470:c844::/48"',
  ])
  t.equal(clientConfig(site, gateway, 1), lines, 'made once')
  t.match(clientConfig(site, gateway, 0)[0], '2001:470:c844::1')
  t.match(clientConfig(site, access({ slot: 1 }), 1)[1], '2001:470:c844:210::/60')
})

t.test('no line leaves that OpenVPN would read otherwise', async (t) => {
  const wrong = [
    '',
    'verb 9',
    'iroute-ipv6 bogus',
    'iroute-ipv6 2001:470:c844:200::1/60',
    'iroute-ipv6 2001:470:c844:200::/60 metric 1',
    'push "route-ipv6 2000::/3',
    'push "route-ipv6 2000::/3"\nverb 9',
    'push "route-ipv6 2000::/3 metric"',
    'ifconfig-ipv6-push 2001:470:c844:20f::1/60 2001:470:c844:1::1',
    'ifconfig-ipv6-push 2001:470:c844:20f::1/128 2001:470:c844:1::1',
    'ifconfig-ipv6-push 2001:470:c844:20f::1/112',
    'ifconfig-ipv6-push 2001:470:c844:20f::1%eth0/112 2001:470:c844:1::1',
  ]
  for (const line of wrong) t.throws(() => checkLine(line), /would not understand/, line)
})
