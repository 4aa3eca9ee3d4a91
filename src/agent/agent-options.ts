import type { PolicyText } from '../domain/agent-feed.ts'
import type { WantedGateway, WantedRoute } from '../domain/route-duty.ts'
import type { ApiChannel } from './api-channel.ts'
import type { ApplyReport } from './apply-client.ts'
import type { Log } from './host.ts'
import type { Linker } from './link.ts'

/** Who sets the routes, and the firewall. */
export type RouteDuty = {
  setRoutes(routes: WantedRoute[]): void
  setPolicy(policy: PolicyText, gateways: WantedGateway[]): void
  report(): ApplyReport
  /** Settles when the last routes are set, or can't be. */
  settled(): Promise<unknown>
  close(): void
}

export type AgentOptions = {
  hostName: string
  version: string
  /** The folder of the copy. */
  folder: string
  /** The folder of the sockets. */
  run: string
  device: string
  instances: readonly number[]
  log: Log
  linker: Linker
  channel: ApiChannel
  openRoutes: (onRepairs: (count: number) => void) => RouteDuty
}
