import { findTool, runTool } from '../run-tool.ts'

/** A connection that the kernel follows, in the direction in which it was opened. */
export type Tracked = {
  /** Its own as long as it lives: what `ct id` of nftables compares, in decimal. */
  id: string
  protocol: 'tcp' | 'udp' | 'icmpv6' | 'other'
  source: string
  destination: string
  port: number | undefined
  icmpType: number | undefined
}

export type Conntrack = {
  /** Those of IPv6. @throws Error when conntrack does not work */
  list(): Promise<Tracked[]>
}

/** The `conntrack` of this host, or undefined where it is not installed. */
export function openConntrack(): Conntrack | undefined {
  const conntrack = findTool('conntrack')
  if (conntrack === undefined) return undefined
  return {
    list: async () => {
      const { error, stdout, stderr } = await runTool(conntrack, ['-L', '-f', 'ipv6', '-o', 'id'])
      if (error !== null) throw new Error(`conntrack does not do its work: ${stderr.trim().split('\n')[0]}`)
      return stdout.split('\n').flatMap((line) => parseTracked(line) ?? [])
    },
  }
}

/** Protocols by their numbers at IANA; names depend on the host's /etc/protocols. */
const PROTOCOLS: Record<string, Tracked['protocol']> = { 6: 'tcp', 17: 'udp', 58: 'icmpv6' }

/** The first address, port and type of each pair are those of the opener. ICMP has an id of its own before the last. */
const LINE = /^\S+\s+(\d+) .*?\bsrc=(\S+) dst=(\S+)(?: sport=\d+ dport=(\d+))?(?: type=(\d+))?.*\bid=(\d+)$/

/** One line of `conntrack -L -o id`; undefined for what is none. */
export function parseTracked(line: string): Tracked | undefined {
  const [, number = '', source = '', destination = '', port, icmpType, id = ''] = LINE.exec(line.trimEnd()) ?? []
  if (id === '') return undefined
  return {
    id,
    protocol: PROTOCOLS[number] ?? 'other',
    source,
    destination,
    port: port === undefined ? undefined : Number(port),
    icmpType: icmpType === undefined ? undefined : Number(icmpType),
  }
}
