import { join } from 'node:path'
import { certificatePem } from '../ca/authority.ts'
import { privateKeyPem } from '../ca/key-pair.ts'
import type { Vault } from '../ca/vault.ts'
import type { Config } from '../config.ts'
import { keyContext } from '../domain/key-context.ts'
import { type Layout, PUBLIC, SECRET } from '../publish/layout.ts'
import { readStaticRuleset } from '../publish/static-ruleset.ts'
import { renderCcd } from '../render/ccd.ts'
import { renderInstanceConf } from '../render/instance-conf.ts'
import { renderRoute, renderUnreachable } from '../render/routes.ts'
import { renderRuleset } from '../render/ruleset.ts'
import { isSameRuleset } from '../render/ruleset-settled.ts'
import { renderServerConf } from '../render/server-conf.ts'
import { openServerTlsCryptKey } from '../serve/installation-keys.ts'
import type { SiteRow } from '../store/site.ts'
import type { Store } from '../store/store.ts'

/** What a file should hold, and with what mode. `isSame` says of another text whether it means the same. */
export type ExpectedFile = { path: string; text: string; mode: number; isSame?: (text: string) => boolean }

/** The truth: rows, and the vault that opens them, if its key is there. */
export type Truth = { store: Store; site: SiteRow; vault: Vault | undefined }

/** What publish makes of the rows, but for the revocation list, which nobody can make twice. */
export function expectedFiles(config: Config, layout: Layout, { store, site, vault }: Truth): ExpectedFile[] {
  return [
    ...clientFiles(config, layout, store),
    firewallFile(config, layout, store),
    ...serverFiles(config, layout, store, site),
    ...(vault === undefined ? [] : secretFiles(layout, store, site, vault)),
  ]
}

/** The files that say who may connect and what is routed to whom. */
function clientFiles(config: Config, layout: Layout, store: Store): ExpectedFile[] {
  const { plan, device, pushRoutes } = config
  const gateways = store.gateways.listPublished()
  const routes = gateways.filter(({ enabled }) => enabled).map((gateway) => renderRoute(plan, gateway, device))
  return [
    ...gateways.map((gateway) => publicFile(join(layout.clients, gateway.name), renderCcd(plan, gateway, pushRoutes))),
    publicFile(layout.routes, renderUnreachable(plan) + routes.join('')),
  ]
}

/** It grows by lines for single gateways, until it is written whole again. */
function firewallFile(config: Config, layout: Layout, store: Store): ExpectedFile {
  const text = renderRuleset(readStaticRuleset(store, config).input)
  return { ...publicFile(layout.ruleset, text), isSame: (other) => isSameRuleset(other, text) }
}

/** What an OpenVPN server starts from, but for what only the storage key opens. */
function serverFiles(config: Config, layout: Layout, store: Store, site: SiteRow): ExpectedFile[] {
  const server = store.certificates.findServer()
  return [
    publicFile(layout.caCertificate, certificatePem(site.authorityCertificate)),
    publicFile(layout.serverConf, renderServerConf(config)),
    ...config.instances.map((instance) =>
      publicFile(layout.instanceConf(instance), renderInstanceConf(config, instance)),
    ),
    ...(server === undefined ? [] : [publicFile(layout.serverCertificate, certificatePem(server.der))]),
  ]
}

function secretFiles(layout: Layout, store: Store, site: SiteRow, vault: Vault): ExpectedFile[] {
  const server = store.certificates.findServer()
  const key = server?.sealedKey ? vault.open(server.sealedKey, keyContext(server.serial)) : undefined
  return [
    { path: layout.tlsCryptKey, text: openServerTlsCryptKey(vault, site), mode: SECRET },
    ...(key === undefined ? [] : [{ path: layout.serverKey, text: privateKeyPem(key), mode: SECRET }]),
  ]
}

function publicFile(path: string, text: string): ExpectedFile {
  return { path, text, mode: PUBLIC }
}
