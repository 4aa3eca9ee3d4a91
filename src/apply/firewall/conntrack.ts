import { findTool, runTool } from '../run-tool.ts'

/** A connection that the kernel follows, in the direction in which it was opened. */
export type Tracked = {
  protocol: 'tcp' | 'udp' | 'icmpv6'
  source: string
  destination: string
  sourcePort: number | undefined
  port: number | undefined
  icmpType: number | undefined
}

export type Conntrack = {
  /** Those of IPv6. @throws Error when conntrack does not work */
  list(): Promise<Tracked[]>
  /** Forgets one: its next packet is judged by the rules as a first one is. */
  cut(one: Tracked): Promise<void>
  /** Forgets all that a prefix has opened, or that was opened to it. */
  cutPrefix(prefix: string): Promise<void>
}

/** The `conntrack` of this host, or undefined where it is not installed. */
export function openConntrack(): Conntrack | undefined {
  const conntrack = findTool('conntrack')
  if (conntrack === undefined) return undefined
  const remove = async (...words: string[]) => {
    // It ends with 1 when there was none: it may have ended by itself.
    await runTool(conntrack, ['-D', '-f', 'ipv6', ...words])
  }
  return {
    list: async () => {
      const { error, stdout, stderr } = await runTool(conntrack, ['-L', '-f', 'ipv6'])
      if (error !== null) throw new Error(`conntrack does not do its work: ${stderr.trim().split('\n')[0]}`)
      return stdout.split('\n').flatMap((line) => parseTracked(line) ?? [])
    },
    cut: (one) => remove(...wordsOf(one)),
    cutPrefix: async (prefix) => {
      await remove('-s', prefix)
      await remove('-d', prefix)
    },
  }
}

function wordsOf({ protocol, source, destination, sourcePort, port }: Tracked): string[] {
  const ports = sourcePort === undefined || port === undefined ? [] : ['--sport', `${sourcePort}`, '--dport', `${port}`]
  return ['-p', protocol === 'icmpv6' ? 'icmpv6' : protocol, '-s', source, '-d', destination, ...ports]
}

/** One line of `conntrack -L`; undefined for what has no ports and is no ICMPv6. The first of each pair is the opener's. */
export function parseTracked(line: string): Tracked | undefined {
  const [protocol = ''] = line.trim().split(/\s+/)
  if (protocol !== 'tcp' && protocol !== 'udp' && protocol !== 'icmpv6') return undefined
  const first = (name: string) => new RegExp(`\\b${name}=(\\S+)`).exec(line)?.[1]
  const number = (name: string) => (first(name) === undefined ? undefined : Number(first(name)))
  const [source, destination] = [first('src'), first('dst')]
  if (source === undefined || destination === undefined) return undefined
  const ports = { sourcePort: number('sport'), port: number('dport'), icmpType: number('type') }
  return { protocol, source, destination, ...ports }
}
