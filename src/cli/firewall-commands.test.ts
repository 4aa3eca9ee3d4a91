import t from 'tap'
import { openTestCli } from './testing/cli.ts'

const NAME = 'gw.example.org'

t.test('what nft is given is printed as the service says it, for a connection and its end', async (t) => {
  const { call, ask } = await openTestCli(t)
  await call('user add ada')
  await call(`gateway add ${NAME} --user ada`)
  for (const event of ['connect', 'disconnect']) {
    const { text } = await ask('GET', `/gateway/${NAME}/firewall?event=${event}`)
    t.match(await call(`firewall ${event} ${NAME} --dry-run`), { exit: 0, out: text, err: '' })
  }
  t.match(await call(`firewall connect ${NAME} --dry-run --device tun1`), { exit: 0, out: 'onlink { "tun1" . ' })
})

t.test('--dry-run is needed, as the usage says, and an unknown gateway is refused', async (t) => {
  const { call } = await openTestCli(t)
  t.match(await call(`firewall connect ${NAME}`), {
    exit: 2,
    out: '',
    err: 'firewall connect needs --dry-run; see vpnunit firewall connect --help',
  })
  t.match(await call(`firewall connect ${NAME} --dry-run`), { exit: 1, err: 'There is no gateway' })
  t.match(await call('firewall connect --help'), {
    exit: 0,
    out: /^usage: vpnunit firewall connect <fqdn> --dry-run \[options\]\n(.*\n)*.*vpnunit apply is what does it$/m,
  })
  t.match(await call('firewall --help'), { exit: 0, out: 'firewall disconnect <fqdn>' })
})
