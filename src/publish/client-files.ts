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

  function updateClient(name: string, gateway: PublishedGateway | undefined): void {
    if (gateway === undefined) removeFile(join(layout.clients, name))
    else writeClient(gateway)
  }

  /** One that is disabled keeps its place, where a start would put it when it is enabled again. */
  function lineOf(gateway: PublishedGateway): string {
    return gateway.enabled ? renderRoute(settings.plan, gateway, settings.device) : ''
  }

  function replaceAll(gateways: readonly PublishedGateway[]): void {
    const names = new Set<string>(gateways.map((gateway) => gateway.name))
    const entries = readdirSync(layout.clients, { withFileTypes: true })
    // OpenVPN never looks into a folder there, and what is in it may be somebody's.
    const strays = entries.filter((entry) => !entry.isDirectory() && !names.has(entry.name))
    const each = [
      ...strays.map(
        ({ name }) =>
          () =>
            void removeFile(join(layout.clients, name)),
      ),
      ...gateways.map((gateway) => () => writeClient(gateway)),
    ]
    attemptAll([...each, () => replaceRoutes(gateways)])
  }

  function replaceRoutes(gateways: readonly PublishedGateway[]): void {
    routes.replaceAll(new Map(gateways.map((gateway) => [gateway.name, lineOf(gateway)])))
  }

  function update(gateways: ReadonlyMap<string, PublishedGateway | undefined>): void {
    const lines = new Map([...gateways].map(([name, gateway]) => [name, gateway && lineOf(gateway)]))
    attemptAll([
      ...[...gateways].map(
        ([name, gateway]) =>
          () =>
            updateClient(name, gateway),
      ),
      () => routes.update(lines),
    ])
  }

  return { replaceAll, update }
}

/**
 * Does each, whatever becomes of the others: a file that can't be written must keep no other gateway waiting.
 * @throws the first fault there was
 */
function attemptAll(acts: readonly (() => void)[]): void {
  const faults: unknown[] = []
  for (const act of acts) {
    try {
      act()
    } catch (error) {
      faults.push(error)
    }
  }
  if (faults.length > 0) throw faults[0]
}
