import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type InstanceSettings, renderInstanceConf } from '../render/instance-conf.ts'
import { renderServerConf } from '../render/server-conf.ts'
import { holds, removeFile, replaceFile, replaceFileDurably } from './files.ts'
import { type Layout, PUBLIC, SECRET } from './layout.ts'

const INSTANCE_FILE = /^instance-(0|[1-9][0-9]*)\.conf$/

export type ServerIdentity = { caCertificate: string; certificate: string; key: string; tlsCryptKey: string }

/** Makes what an OpenVPN server starts from equal to the database: its configuration, certificate and keys. */
export async function publishServerFiles(
  layout: Layout,
  settings: InstanceSettings,
  own: ServerIdentity,
): Promise<void> {
  await replaceIfChanged(layout.caCertificate, own.caCertificate, PUBLIC)
  await replaceIfChanged(layout.serverKey, own.key, SECRET)
  await replaceIfChanged(layout.serverCertificate, own.certificate, PUBLIC)
  await replaceIfChanged(layout.tlsCryptKey, own.tlsCryptKey, SECRET)
  replaceFile(layout.serverConf, renderServerConf(settings), PUBLIC)
  publishInstances(layout, settings)
}

/** A file for each instance there is. No other file of that folder is ours to remove. */
function publishInstances(layout: Layout, settings: InstanceSettings): void {
  const { instances } = settings
  const known = new Set(instances.map(layout.instanceConf))
  for (const path of listInstanceFiles(layout)) if (!known.has(path)) removeFile(path)
  for (const instance of instances) {
    replaceFile(layout.instanceConf(instance), renderInstanceConf(settings, instance), PUBLIC)
  }
}

/** The configurations of instances that are in place, also of those that there are no more. */
export function listInstanceFiles({ ovpn }: Layout): string[] {
  if (!existsSync(ovpn)) return []
  return readdirSync(ovpn, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && INSTANCE_FILE.test(entry.name))
    .map(({ name }) => join(ovpn, name))
}

async function replaceIfChanged(path: string, content: string, mode: number): Promise<void> {
  if (!holds(path, content, mode)) await replaceFileDurably(path, content, mode)
}
