import type { Command } from './command.ts'
import { pathOf } from './gateway-call.ts'

function command(event: 'connect' | 'disconnect', meaning: string): Command {
  return {
    words: ['firewall', event],
    operands: ['fqdn'],
    meaning,
    options: {
      'dry-run': { meaning: 'only print it: always needed, for vpnunit apply is what does it', isNeeded: true },
      device: { meaning: 'the tunnel’s device; the static server’s when it is not given', value: 'device' },
    },
    examples: [
      `vpnunit firewall ${event} router.johndoe.example.org --dry-run`,
      `vpnunit firewall ${event} router.johndoe.example.org --dry-run --device tun1`,
    ],
    run: async (call) => {
      const { device } = call.values
      const query = new URLSearchParams({ event, ...(device !== undefined && { device }) })
      call.print(await call.api.text(`${pathOf(call)}/firewall?${query}`))
    },
  }
}

/** vpnunit firewall … */
export const FIREWALL_COMMANDS: readonly Command[] = [
  command('connect', 'print what nft is given when a gateway connects'),
  command('disconnect', 'print what nft is given when a gateway is gone'),
]
