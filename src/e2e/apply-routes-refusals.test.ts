import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { reasonToSkip } from './lab/requirements.ts'
import { RouteHost } from './lab/route-host.ts'

const SITE = 'unreachable 2001:470:c844::/48 metric 4096'
const ADA = '2001:470:c844:200::/60'

/** Lines that are not a route of ours, each with the reason that is to be given. */
const REFUSED: [line: string, why: RegExp][] = [
  [`${ADA} dev tun0; rm -rf /tmp/x`, /neither/],
  [`${ADA} dev tun0;touch$IFS./hit`, /device name/],
  [`${ADA} dev $(touch hit)`, /neither/],
  [`${ADA} dev $(touch\${IFS}hit)`, /device name/],
  [`${ADA} dev \`touch\${IFS}hit\``, /device name/],
  [`$(touch hit) dev tun0`, /neither/],
  [`${ADA} dev tun0 | touch hit`, /neither/],
  [`${ADA} dev tun0\nflush all`, /neither/],
  [`${ADA} dev tun0\r`, /device name/],
  [`${ADA} dev tun0\0`, /device name/],
  [`${ADA} dev tün0`, /device name/],
  [`${ADA}\tdev tun0`, /neither/],
  [`${ADA} dev  tun0`, /spaces/],
  [` ${ADA} dev tun0`, /spaces/],
  [`${ADA} dev tun0 `, /spaces/],
  [`${ADA} dev`, /neither/],
  [`${ADA}`, /neither/],
  ['', /neither/],
  [`# ${ADA} dev tun0`, /neither/],
  ['.', /neither/],
  ['2001:470:::/60 dev tun0', /no IPv6 address/],
  ['2001::c844:200::1/60 dev tun0', /no IPv6 address/],
  [`${ADA} dev sixteen-letters0`, /device name/],
  [`${ADA} dev tun0 metric 1`, /neither/],
  [`${ADA} dev tun0 proto kernel`, /neither/],
  [`${ADA} via fe80::1 dev tun0`, /neither/],
  [`add ${ADA} dev tun0`, /neither/],
  [`blackhole ${ADA} metric 4096`, /neither/],
  [`unreachable ${ADA}`, /neither/],
  [`unreachable ${ADA} metric 0`, /metric/],
  [`unreachable ${ADA} metric 4294967296`, /metric/],
  [`unreachable ${ADA} metric 1e3`, /metric/],
  ['default dev tun0', /length/],
  ['::/0 dev tun0', /length/],
  ['::/1 dev tun0', /how ip prints/],
  ['::1/128 dev tun0', /how ip prints/],
  ['2001:470:c844:201::/60 dev tun0', /behind its length/],
  ['2001:470:c844:200::1/60 dev tun0', /behind its length/],
  ['2001:470:c844:200::/129 dev tun0', /length/],
  ['2001:470:c844:200::/060 dev tun0', /length/],
  ['2001:470:c844:200::/60/60 dev tun0', /length/],
  ['2001:470:c844:200:: dev tun0', /length/],
  ['2001:470:C844:200::/60 dev tun0', /lower case/],
  ['2001:0470:c844:200::/60 dev tun0', /how ip prints/],
  ['2001:470:c844:200:0::/60 dev tun0', /how ip prints/],
  ['2001:470:c844:200:0:0:0:0/60 dev tun0', /how ip prints/],
  ['2001:470::c844::/60 dev tun0', /no IPv6 address/],
  ['2001:470:c844:200/60 dev tun0', /no IPv6 address/],
  ['2001:470:c844:12345::/60 dev tun0', /no IPv6 address/],
  ['2001:470:c844:1:2:3:4:5:6/60 dev tun0', /no IPv6 address/],
  [':2001:470:c844::/60 dev tun0', /no IPv6 address/],
  ['10.0.0.0/8 dev tun0', /no IPv6 address/],
  ['2001:470:c844:210::/60 dev tun0', /there before/],
]

const skip = reasonToSkip('flock') ?? false

t.test('one line that is no route of ours, and nothing of the list is done', { skip }, async (t) => {
  const host = await RouteHost.make(t)
  for (const [line, why] of REFUSED) {
    host.write(SITE, '2001:470:c844:210::/60 dev tun0', line, '2001:470:c844:220::/60 dev tun0')
    const { code, stdout, stderr } = await host.apply()
    t.same({ code, stdout }, { code: 3, stdout: '' }, JSON.stringify(line))
    const [first = ''] = stderr.split('\n')
    t.match(first, new RegExp(`^apply-routes: ${host.list} line (3|4) is refused: ".*": `), first)
    t.match(first, why)
    t.match(stderr, /nothing was changed\n$/)
    t.same(await host.routes(), [])
  }
  t.notOk(existsSync(join(host.checkout, 'hit')) || existsSync('hit'), 'nothing of it was run')
})

t.test('a list that is not whole removes nothing', { skip }, async (t) => {
  const host = await RouteHost.make(t)
  host.write(SITE, `${ADA} dev tun0`)
  await host.apply()
  const before = await host.ours()
  const broken: [text: string, why: RegExp][] = [
    ['', /no unreachable route came before the end/],
    [`${ADA} dev tun0\n`, /no unreachable route came before the end/],
    [SITE, /line 1 is refused: "unreachable .*": it has no end/],
    [`${SITE}\n${ADA} dev tu`, /line 2 is refused: "2001:470:c844:200::\/60 dev tu": it has no end/],
    [`${SITE}\n.`, /line 2 is refused: ".": it has no end/],
    [`${SITE}\n.\n`, /line 2 is refused/],
    [`${SITE}\n${'x\n'.repeat(1000)}`, /line 11 is refused/],
  ]
  for (const [text, why] of broken) {
    host.writeText(text)
    t.match(await host.apply(), { code: 3, stdout: '', stderr: why }, JSON.stringify(text.slice(0, 60)))
    t.same(await host.ours(), before)
  }
  t.match(await host.apply(join(host.checkout, 'data')), { code: 3, stdout: '' }, 'a folder in its place')
  t.same(await host.ours(), before)
})
