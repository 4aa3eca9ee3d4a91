import { renderServerConf, type ServerSettings } from '../render/server-conf.ts'
import { holds, replaceFile, replaceFileDurably } from './files.ts'
import { type Layout, PUBLIC, SECRET } from './layout.ts'

export type ServerIdentity = { caCertificate: string; certificate: string; key: string; tlsCryptKey: string }

/** Makes what an OpenVPN server starts from equal to the database: its configuration, certificate and keys. */
export async function publishServerFiles(layout: Layout, settings: ServerSettings, own: ServerIdentity): Promise<void> {
  await replaceIfChanged(layout.caCertificate, own.caCertificate, PUBLIC)
  await replaceIfChanged(layout.serverKey, own.key, SECRET)
  await replaceIfChanged(layout.serverCertificate, own.certificate, PUBLIC)
  await replaceIfChanged(layout.tlsCryptKey, own.tlsCryptKey, SECRET)
  replaceFile(layout.serverConf, renderServerConf(settings), PUBLIC)
}

async function replaceIfChanged(path: string, content: string, mode: number): Promise<void> {
  if (!holds(path, content, mode)) await replaceFileDurably(path, content, mode)
}
