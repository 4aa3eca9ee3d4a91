/** CAP_NET_ADMIN of capabilities(7), as /proc shows it. */
const NET_ADMIN = 1n << 12n

/** Whether the process of this /proc/self/status may change routes: root in a container may not always. */
export function mayChangeRoutes(status: string): boolean {
  const [, effective = '0'] = /^CapEff:\s*([0-9a-f]+)$/m.exec(status) ?? []
  return (BigInt(`0x${effective}`) & NET_ADMIN) !== 0n
}
