import t from 'tap'
import { parseLanInterface } from '../domain/lan-interface.ts'
import { parseFqdn } from '../domain/names.ts'
import { planOf } from '../domain/plan.ts'
import { parsePrefix } from '../domain/prefix.ts'
import { renderLan } from './lan.ts'

/**
 * Debian has no uci, so this reads a batch as uci's cli.c, file.c and list.c do, only strictly: what those would skip or
 * report and go on after is an error here.
 */
type Section = { type: string; options: Map<string, string | string[]> }
type Config = Map<string, Map<string, Section>>

const COMMAND = /^(set|add_list|del_list) ([a-z]+)\.([a-zA-Z0-9_]+)(?:\.([a-z0-9_]+))?=(?:'([^'\n]*)'|([a-z0-9_]+))$/

class Uci {
  readonly saved: Config
  readonly committed: string[] = []

  constructor(saved: Config) {
    this.saved = saved
  }

  batch(text: string): void {
    if (!text.endsWith('\n')) throw new Error('the last line has no end')
    for (const line of text.slice(0, -1).split('\n')) if (!line.startsWith('#')) this.#run(line)
  }

  #run(line: string): void {
    const commit = /^commit ([a-z]+)$/.exec(line)?.[1]
    if (commit !== undefined) {
      if (!this.saved.has(commit)) throw new Error(`there is no /etc/config/${commit}`)
      this.committed.push(commit)
      return
    }
    const [, verb, file = '', section = '', option, quoted, bare] = COMMAND.exec(line) ?? []
    if (verb === undefined) throw new Error(`uci would not understand: ${line}`)
    const value = quoted ?? bare ?? ''
    if (option === undefined) this.#setSection(file, section, value)
    else this.#setOption(verb, this.#known(file, section), option, value)
  }

  #setSection(file: string, section: string, type: string): void {
    const sections = this.saved.get(file)
    if (sections === undefined) throw new Error(`there is no /etc/config/${file}`)
    const old = sections.get(section)
    if (old !== undefined && old.type !== type) throw new Error(`${file}.${section} is a ${old.type} already`)
    sections.set(section, old ?? { type, options: new Map() })
  }

  #known(file: string, section: string): Section {
    const known = this.saved.get(file)?.get(section)
    if (known === undefined) throw new Error(`uci: Entry not found: ${file}.${section}`)
    return known
  }

  /** A value that was single becomes the first of a list, as in uci_add_list; del_list leaves it alone. */
  #setOption(verb: string, { options }: Section, option: string, value: string): void {
    const old = options.get(option)
    if (verb === 'set') options.set(option, value)
    else if (verb === 'add_list') options.set(option, [old ?? [], value].flat())
    else if (Array.isArray(old)) {
      options.set(
        option,
        old.filter((item) => item !== value),
      )
    }
  }
}

const section = (type: string, options: Record<string, string | string[]>): Section => ({
  type,
  options: new Map(Object.entries(options)),
})

/** What OpenWrt 22.03 has in its files when it is new, as far as it matters here. */
function stock(): Config {
  const lan = { device: 'br-lan', proto: 'static', ipaddr: '192.168.1.1', netmask: '255.255.255.0', ip6assign: '60' }
  const flags = ['managed-config', 'other-config']
  const dhcp = { interface: 'lan', dhcpv4: 'server', dhcpv6: 'server', ra: 'server', ra_slaac: '1', ra_flags: flags }
  return new Map([
    ['network', new Map([['lan', section('interface', lan)]])],
    ['dhcp', new Map([['lan', section('dhcp', dhcp)]])],
  ])
}

function batchOf(network: number, on = 'lan'): string {
  const plan = planOf(parsePrefix('2001:470:c844::/48'))
  const facts = { name: parseFqdn('gw.example.org'), plan, place: { number: 2, slot: 0 }, network }
  return renderLan('openwrt', { ...facts, interface: parseLanInterface('openwrt', on) })
}

const show = (config: Config, file: string, name: string) => {
  const found = config.get(file)?.get(name)
  return found === undefined ? undefined : { '.type': found.type, ...Object.fromEntries(found.options) }
}

const ROUTE = {
  '.type': 'route6',
  interface: 'loopback',
  target: '2001:470:c844:200::/60',
  type: 'unreachable',
  metric: '4096',
}

t.test('a new OpenWrt gets address, route and advertisements, and keeps what it had', async (t) => {
  const uci = new Uci(stock())
  uci.batch(batchOf(3))
  t.same(show(uci.saved, 'network', 'lan'), {
    ...show(stock(), 'network', 'lan'),
    ip6addr: ['2001:470:c844:203::1/64'],
  })
  t.same(show(uci.saved, 'network', 'vpnunit_unreachable'), ROUTE)
  t.same(show(uci.saved, 'dhcp', 'lan'), { ...show(stock(), 'dhcp', 'lan'), ra_default: '2' })
  t.same(uci.committed, ['network', 'dhcp'])
})

t.test('run again it changes nothing, and another network on another LAN shares the route', async (t) => {
  const uci = new Uci(stock())
  uci.batch(batchOf(0))
  const once = structuredClone(uci.saved)
  uci.batch(batchOf(0))
  t.same(uci.saved, once)
  uci.saved.get('network')?.set('guest', section('interface', { device: 'br-guest', proto: 'static' }))
  uci.batch(batchOf(1, 'guest'))
  t.match(show(uci.saved, 'network', 'guest'), { ip6addr: ['2001:470:c844:201::1/64'] })
  t.match(show(uci.saved, 'dhcp', 'guest'), { '.type': 'dhcp', interface: 'guest', ra: 'server' })
  t.match(show(uci.saved, 'network', 'lan'), { ip6addr: ['2001:470:c844:200::1/64'] })
  t.same(show(uci.saved, 'network', 'vpnunit_unreachable'), ROUTE)
})

t.test('addresses that the LAN had stay', async (t) => {
  const uci = new Uci(stock())
  uci.saved.get('network')?.get('lan')?.options.set('ip6addr', 'fd00::1/64')
  uci.batch(batchOf(0))
  t.match(show(uci.saved, 'network', 'lan'), { ip6addr: ['fd00::1/64', '2001:470:c844:200::1/64'] })
})

t.test('in network f odhcpd gives out no addresses, all of which would be the tunnel’s', async (t) => {
  const uci = new Uci(stock())
  uci.batch(batchOf(15))
  t.match(show(uci.saved, 'dhcp', 'lan'), { dhcpv6: 'server', dhcpv6_na: '0', ra_slaac: '1', ra_offlink: '1' })
  t.match(show(uci.saved, 'network', 'lan'), { ip6addr: ['2001:470:c844:20f::1:1/64'] })
})

t.test('the section of the route can be no interface’s: those have 15 characters at most', async (t) => {
  t.ok('vpnunit_unreachable'.length > 15)
  t.match(batchOf(0), 'network.vpnunit_unreachable=route6')
})

t.test('the reader of this test refuses what uci would', async (t) => {
  for (const line of ["set network.br-lan.x='1'", "set network.lan.x='a'b'", 'add network route6', '', "set a.b='x'"]) {
    t.throws(() => new Uci(stock()).batch(`${line}\n`), line)
  }
  t.throws(() => new Uci(stock()).batch(batchOf(0, 'nosuch')), /Entry not found: network\.nosuch/)
})
