import type { Authority } from '../ca/authority.ts'
import { certificatePem } from '../ca/authority.ts'
import { privateKeyPem } from '../ca/key-pair.ts'
import type { RevocationList } from '../ca/revocation-list.ts'
import type { Vault } from '../ca/vault.ts'
import { keyContext, SERVER_TLS_CRYPT_CONTEXT } from '../domain/key-context.ts'
import { forgottenBefore, SECOND_MS } from '../domain/lifetime.ts'
import type { InstanceSettings } from '../render/instance-conf.ts'
import type { Store } from '../store/store.ts'
import { type ClientSettings, openClientFiles } from './client-files.ts'
import { openCrlFile } from './crl-file.ts'
import { sweepStrays } from './files.ts'
import { FirewallFile } from './firewall-file.ts'
import type { Layout } from './layout.ts'
import { createPublishQueue, type PublishState } from './publish-queue.ts'
import { publishServerFiles } from './server-files.ts'
import { SessionFiles, type SessionSettings } from './session-files.ts'
import type { FirewallSettings } from './static-ruleset.ts'
import { goSteps, type Step } from './steps.ts'
import { EVERY_GATEWAY, type Touched } from './touched.ts'

export type PublisherSettings = ClientSettings &
  InstanceSettings &
  FirewallSettings &
  SessionSettings & { crlDays: number }

export type PublisherParts = {
  layout: Layout
  settings: PublisherSettings
  store: Store
  authority: Authority
  vault: Vault
  now: () => Date
  report: (fault: Error) => void
}

/** Keeps the artefacts in the data directory equal to the database. */
export type Publisher = {
  /** @throws the fault of an attempt that failed; it is then repeated until it succeeds */
  publish(touched: Touched): Promise<void>
  /** Makes everything but the revocation list equal to the rows, and sweeps away what a crash left. */
  publishAll(): Promise<void>
  /** Reads the revocation list that is in place. */
  readCrl(): RevocationList | undefined
  crl(): RevocationList | undefined
  /** The sessions of these gateways began or ended: their files follow, and nobody waits for them. */
  sessionsChanged(gateways: Iterable<string>): void
  state(): PublishState
  /** Calls `listener` after every attempt, with the seconds it took. */
  onAttempt(listener: (seconds: number) => void): void
  close(): Promise<void>
}

export function openPublisher(parts: PublisherParts): Publisher {
  const { layout, settings, store, authority, now } = parts
  const clients = openClientFiles(layout, settings)
  const crl = openCrlFile({ path: layout.crl, authority, crlDays: settings.crlDays, now })
  const firewall = new FirewallFile(layout.ruleset, settings, store)
  const sessions = new SessionFiles({ folder: layout.sessions, settings, store, report: parts.report })
  const listeners: ((seconds: number) => void)[] = []
  let isWhole = false

  /** The revocation list first: it is what keeps somebody out. */
  const steps: readonly Step[] = [
    {
      of: ['crl'],
      run: async ({ crl: isTouched }) => {
        if (isTouched) await crl.replace(store.site.crlNumber(), store.certificates.listRevoked(forgottenBefore(now())))
      },
    },
    {
      of: ['gateways'],
      run: ({ gateways }) => {
        if (gateways.has(EVERY_GATEWAY)) publishClients()
        else if (gateways.size > 0) {
          clients.update(new Map([...gateways].map((name) => [name, store.gateways.findPublished(name)])))
        }
      },
    },
    {
      of: ['server'],
      run: async ({ server }) => {
        if (server) await publishServerFiles(layout, settings, identityOf(parts))
      },
    },
    {
      of: ['gateways', 'policy'],
      run: ({ gateways, policy }) => {
        if (policy || gateways.has(EVERY_GATEWAY)) firewall.replaceAll()
        else if (gateways.size > 0) firewall.update(gateways)
      },
    },
    {
      of: [],
      run: ({ gateways }) => (gateways.has(EVERY_GATEWAY) ? sessions.heal() : sessions.changed(gateways)),
    },
  ]

  function publishClients(): void {
    const { data, pki, privateKeys, ovpn, clients: entries, ip, firewall: rules } = layout
    for (const folder of [data, pki, privateKeys, ovpn, entries, ip, rules]) sweepStrays(folder)
    clients.replaceAll(store.gateways.listPublished())
    isWhole = true
  }

  function perform(touched: Touched): ReturnType<typeof goSteps> {
    // Until a first whole run succeeded nothing is known of the folder, and every run is a whole one.
    const work = isWhole ? touched : { ...touched, gateways: new Set([EVERY_GATEWAY]) }
    return goSteps(steps, work)
  }

  async function performTimed(touched: Touched): ReturnType<typeof perform> {
    const startedMs = performance.now()
    const outcome = await perform(touched)
    for (const listener of listeners) listener((performance.now() - startedMs) / SECOND_MS)
    return outcome
  }

  const queue = createPublishQueue(performTimed, now, parts.report)
  return {
    publish: queue.publish,
    publishAll: () => queue.publish({ gateways: new Set([EVERY_GATEWAY]), crl: false, server: true, policy: true }),
    readCrl: crl.read,
    crl: crl.current,
    sessionsChanged: (gateways) => sessions.changed(gateways),
    state: queue.state,
    onAttempt: (listener) => {
      listeners.push(listener)
    },
    close: () => {
      sessions.close()
      return queue.close()
    },
  }
}

function identityOf({ store, authority, vault }: PublisherParts) {
  const server = store.certificates.findServer()
  const site = store.site.find()
  if (server === undefined || site === undefined) throw new Error('the database has no certificate of the server')
  if (server.sealedKey === null) throw new Error('the database has no key of the server')
  return {
    caCertificate: certificatePem(authority.certificate.der),
    certificate: certificatePem(server.der),
    key: privateKeyPem(vault.open(server.sealedKey, keyContext(server.serial))),
    tlsCryptKey: vault.open(site.sealedTlsCryptKey, SERVER_TLS_CRYPT_CONTEXT).toString(),
  }
}
