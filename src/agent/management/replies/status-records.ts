import { ManagementError } from '../management-error.ts'

/** A client of formats 2 and 3. Times are unix seconds. */
export type StatusClient = {
  commonName: string
  /** Address and port, as OpenVPN prints them: `10.99.0.12:57044`, `2001:db8::1:40000`. */
  realAddress: string
  virtualAddress: string | undefined
  virtualIpv6Address: string | undefined
  bytesReceived: number
  bytesSent: number
  connectedSince: number
  /** Undefined where OpenVPN says UNDEF: it was asked for none. */
  username: string | undefined
  cid: number
  peerId: number
  cipher: string
  /** It has no address of either family: it waits for `client-auth`, or was given none. */
  pending: boolean
}

/** A client of format 1, which tells no CID. The time is as OpenVPN prints it, in its own time zone. */
export type Status1Client = {
  commonName: string
  realAddress: string
  bytesReceived: number
  bytesSent: number
  connectedSinceText: string
}

export type StatusRoute = {
  /** An address, or a subnet with its length. */
  virtualAddress: string
  commonName: string
  realAddress: string
  lastRefText: string
  /** Unix seconds; format 1 tells none. */
  lastRef: number | undefined
}

export type GlobalStats = ReadonlyMap<string, number>

export type ServerStatus1 = {
  kind: 'server'
  format: 1
  updatedText: string
  clients: Status1Client[]
  routes: StatusRoute[]
  stats: GlobalStats
}

export type ServerStatus = {
  kind: 'server'
  format: 2 | 3
  title: string
  /** Unix seconds. */
  time: number
  clients: StatusClient[]
  routes: StatusRoute[]
  stats: GlobalStats
}

/** What a client answers, whatever format it is asked for. */
export type ClientStatus = { kind: 'client'; updatedText: string; stats: GlobalStats }

export function badStatus(line: string): ManagementError {
  return new ManagementError('bad-reply', `this is no line of a status: ${line.slice(0, 200)}`, { text: line })
}

/** `Max bcast/mcast queue length,0` */
export function readStat(line: string): [string, number] {
  const [, name, digits] = /^([^,]+),(\d+)$/.exec(line) ?? []
  if (name === undefined) throw badStatus(line)
  return [name, Number(digits)]
}
