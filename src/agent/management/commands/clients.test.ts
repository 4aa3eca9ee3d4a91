import t from 'tap'
import {
  clientAuth,
  clientAuthNt,
  clientDeny,
  clientKill,
  clientPendingAuth,
  clientPf,
  killAddress,
  killCommonName,
} from './clients.ts'

const KEY = { cid: 0, kid: 1 }

t.test('a client is let in with its lines of configuration', async (t) => {
  const command = clientAuth(KEY, ['ifconfig-ipv6-push fd00::5/64 fd00::1', 'push "route-ipv6 fd00::/48"'])
  t.equal(command.text, 'client-auth 0 1\nifconfig-ipv6-push fd00::5/64 fd00::1\npush "route-ipv6 fd00::/48"\nEND\n')
  t.equal(clientAuth(KEY, []).text, 'client-auth 0 1\nEND\n')
  t.equal(clientAuthNt({ cid: 5, kid: 4_294_967_295 }).text, 'client-auth-nt 5 4294967295\n')
})

t.test('a line that would end the block, or be two for OpenVPN, is refused', async (t) => {
  for (const line of ['END', 'a\nEND', 'a\rb', '\0', 'x'.repeat(256), 'ü'.repeat(128)]) {
    t.throws(() => clientAuth(KEY, ['a', line]), { code: 'bad-command' })
  }
  t.doesNotThrow(() => clientAuth(KEY, ['x'.repeat(255), ' END', 'END x']))
})

t.test('a client is refused with a reason for the log, and one for itself', async (t) => {
  t.equal(clientDeny(KEY, 'no "such" one').text, 'client-deny 0 1 "no \\"such\\" one"\n')
  t.equal(clientDeny(KEY, 'x', 'TEMP[backoff 3]:later').text, 'client-deny 0 1 "x" "TEMP[backoff 3]:later"\n')
  t.throws(() => clientDeny(KEY, 'x\nclient-auth-nt 1 1'), { code: 'bad-command' })
})

t.test('a session is ended by its id, its name or its address', async (t) => {
  t.equal(clientKill(7).text, 'client-kill 7\n')
  t.equal(clientKill(7, 'RESTART,[N]').text, 'client-kill 7 "RESTART,[N]"\n')
  t.equal(killCommonName('a b').text, 'kill "a b"\n')
  t.equal(killAddress('1.2.3.4', 4000).text, 'kill 1.2.3.4:4000\n')
  for (const bad of ['a:b', 'a\nb', 'x'.repeat(128)]) t.throws(() => killCommonName(bad), { code: 'bad-command' })
  for (const bad of ['::1', 'a', '1.2.3.4 ', '1.2.3.4\n']) t.throws(() => killAddress(bad, 1), { code: 'bad-command' })
  t.throws(() => killAddress('1.2.3.4', 65_536), { code: 'bad-command' })
})

t.test('ids are whole numbers of their range', async (t) => {
  for (const key of [
    { cid: -1, kid: 1 },
    { cid: 1.5, kid: 1 },
    { cid: 1, kid: 2 ** 32 },
    { cid: Number.NaN, kid: 0 },
  ]) {
    t.throws(() => clientAuthNt(key), { code: 'bad-command' })
  }
})

t.test('a pending client is asked', async (t) => {
  t.equal(clientPendingAuth(KEY, 'CR_TEXT:R:x y', 30).text, 'client-pending-auth 0 1 "CR_TEXT:R:x y" 30\n')
})

t.test('a packet filter has no line that 2.6 could carry out', async (t) => {
  t.equal(clientPf(42, ['[CLIENTS ACCEPT]', '-a', '[END]']).text, 'client-pf 42\n[CLIENTS ACCEPT]\n-a\n[END]\nEND\n')
  for (const bad of ['signal SIGTERM', '', ' -a']) t.throws(() => clientPf(42, [bad]), { code: 'bad-command' })
})
