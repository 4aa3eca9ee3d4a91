import { join, relative } from 'node:path'
import { instanceDevice, instancePort } from '../domain/instance.ts'
import { fill, quoted, readTemplate, word } from './fill.ts'
import { listenerSlots, type ServerSettings } from './server-conf.ts'

const TEMPLATE = readTemplate('instance.conf')

/** What a unix socket's path may be long, in bytes (unix(7)); OpenVPN cuts the rest away without a word. */
const SOCKET_PATH_MAX = 107

/** `run` is where the management sockets are, `data` the data directory in whose ovpn/ the file stands. */
export type InstanceSettings = ServerSettings & { data: string; run: string; instances: readonly number[] }

/**
 * instance-<k>.conf of managed mode: who may come in is asked of the agent, and ccd files are not read, because
 * OpenVPN would add the two up [facts 4.5].
 * @throws Error when the run folder can't be a socket's place
 */
export function renderInstanceConf(settings: InstanceSettings, instance: number): string {
  const { remote, device } = settings
  return fill(TEMPLATE, {
    instance: word(instance),
    ...listenerSlots(settings, {
      instance,
      port: instancePort(remote.port, instance),
      device: instanceDevice(device, instance),
    }),
    management: quoted(managementPath(settings, instance)),
  })
}

/** Relative to ovpn/ where the run folder is the data directory's own, so that the whole can be moved. */
function managementPath({ data, run }: InstanceSettings, instance: number): string {
  const folder = run === join(data, 'run') ? relative(join(data, 'ovpn'), run) : run
  const path = join(folder, `management-${instance}.sock`)
  if (Buffer.byteLength(path) > SOCKET_PATH_MAX) {
    throw new Error(`VPNUNIT_RUN is too long: ${path} has more than the ${SOCKET_PATH_MAX} bytes of a socket's path`)
  }
  return path
}
