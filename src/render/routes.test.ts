import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { planOf } from '../domain/plan.ts'
import { parsePrefix } from '../domain/prefix.ts'
import { renderRoute, renderUnreachable } from './routes.ts'

const plan = planOf(parsePrefix('2001:470:c844::/48'))

t.test('the list is the anchor and a line for each gateway, in the words of ip -6 route add', async (t) => {
  const lines = [
    renderUnreachable(plan),
    renderRoute(plan, { number: 0x02, slot: 0 }, 'tun0'),
    renderRoute(plan, { number: 0xff, slot: 15 }, 'tun0'),
  ]
  t.equal(lines.join(''), readFileSync(join(import.meta.dirname, 'testdata/routes'), 'utf8'))
})

t.test('a device that is not one word is in no route', async (t) => {
  for (const device of ['', 'tun0 via ::1', 'tun0\ndefault dev eth0', 'tun0;reboot', '$(reboot)']) {
    t.throws(() => renderRoute(plan, { number: 2, slot: 0 }, device), { message: 'is not one word' }, device)
  }
})
