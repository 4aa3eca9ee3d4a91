import { parseCount } from '../messages/fields.ts'
import { badStatus, readStat, type ServerStatus1, type Status1Client, type StatusRoute } from './status-records.ts'

const UPDATED = 'Updated,'
const CLIENTS_HEAD = 'Common Name,Real Address,Bytes Received,Bytes Sent,Connected Since'
const ROUTES_HEAD = 'Virtual Address,Common Name,Real Address,Last Ref'

/** Format 1, without its first line. It is told by place: nothing in a line says what it is. */
export function readStatus1([updated = '', head = '', ...lines]: readonly string[]): ServerStatus1 {
  if (!updated.startsWith(UPDATED) || head !== CLIENTS_HEAD) throw badStatus(`${updated} ${head}`)
  // From the end, as a client may be named like a heading; no route and no number can be.
  const [atRoutes, atStats] = [lines.lastIndexOf('ROUTING TABLE'), lines.lastIndexOf('GLOBAL STATS')]
  if (atRoutes === -1 || atStats < atRoutes || lines[atRoutes + 1] !== ROUTES_HEAD) throw badStatus(head)
  return {
    kind: 'server',
    format: 1,
    updatedText: updated.slice(UPDATED.length),
    clients: lines.slice(0, atRoutes).map(readClient),
    routes: lines.slice(atRoutes + 2, atStats).map(readRoute),
    stats: new Map(lines.slice(atStats + 1).map(readStat)),
  }
}

/** A name may have commas, and nothing after it has any. */
function readClient(line: string): Status1Client {
  const fields = line.split(',')
  const [realAddress, received, sent, connectedSinceText] = fields.splice(-4)
  const [bytesReceived, bytesSent] = [parseCount(received), parseCount(sent)]
  if (fields.length === 0 || realAddress === undefined || connectedSinceText === undefined) throw badStatus(line)
  if (bytesReceived === undefined || bytesSent === undefined) throw badStatus(line)
  return { commonName: fields.join(','), realAddress, bytesReceived, bytesSent, connectedSinceText }
}

function readRoute(line: string): StatusRoute {
  const [virtualAddress, ...fields] = line.split(',')
  const [realAddress, lastRefText] = fields.splice(-2)
  if (virtualAddress === undefined || fields.length === 0) throw badStatus(line)
  if (realAddress === undefined || lastRefText === undefined) throw badStatus(line)
  return { virtualAddress, commonName: fields.join(','), realAddress, lastRefText, lastRef: undefined }
}
