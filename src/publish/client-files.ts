import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Plan } from '../domain/plan.ts'
import type { Prefix } from '../domain/prefix.ts'
import { renderCcd } from '../render/ccd.ts'
import { renderRoute, renderUnreachable } from '../render/routes.ts'
import type { PublishedGateway } from '../store/gateways.ts'
import { removeFile, replaceFile } from './files.ts'
import { type Layout, PUBLIC } from './layout.ts'
import { RouteList } from './route-list.ts'

export type ClientSettings = { plan: Plan; device: string; pushRoutes: readonly Prefix[] }

/** The files that say who may connect and what is routed to whom: ovpn/clients and ip/routes. */
export type ClientFiles = {
  /** Makes them equal to all gateways there are, and removes what no row asks for. */
  replaceAll(gateways: readonly PublishedGateway[]): void
  /** Makes them equal for some gateways: their row, or undefined for those that are gone. */
  update(gateways: ReadonlyMap<string, PublishedGateway | undefined>): void
}

export function openClientFiles(layout: Layout, settings: ClientSettings): ClientFiles {
  const routes = new RouteList(layout.routes, renderUnreachable(settings.plan))

  function writeClient(gateway: PublishedGateway): void {
    const text = renderCcd(settings.plan, gateway, settings.pushRoutes)
    replaceFile(join(layout.clients, gateway.name), text, PUBLIC)
  }

  function routeOf(gateway: PublishedGateway | undefined): string | undefined {
    return gateway?.enabled ? renderRoute(settings.plan, gateway, settings.device) : undefined
  }

  function replaceAll(gateways: readonly PublishedGateway[]): void {
    const names = new Set<string>(gateways.map((gateway) => gateway.name))
    for (const name of readdirSync(layout.clients)) if (!names.has(name)) removeFile(join(layout.clients, name))
    for (const gateway of gateways) writeClient(gateway)
    const lines = gateways.flatMap((gateway) => {
      const line = routeOf(gateway)
      return line === undefined ? [] : [[gateway.name, line] as const]
    })
    routes.replaceAll(new Map(lines))
  }

  function update(gateways: ReadonlyMap<string, PublishedGateway | undefined>): void {
    for (const [name, gateway] of gateways) {
      if (gateway === undefined) removeFile(join(layout.clients, name))
      else writeClient(gateway)
    }
    routes.update(new Map([...gateways].map(([name, gateway]) => [name, routeOf(gateway)])))
  }

  return { replaceAll, update }
}
