/** What one writer knows of its own users and gateways, in the form in which the service is asked for it again. */
export type World = {
  users: Record<string, { disabled: boolean }>
  gateways: Record<string, KnownGateway>
  /** The serials of this writer that are revoked. */
  revoked: string[]
  /** What the audit must have of this writer since the round began: "gateway.create a.w0.example.org", sorted. */
  audit: string[]
}

export type KnownGateway = { user: string; disabled: boolean; prefix: string; serial: string; former: string[] }

/** What only the service can say of a change: the certificate and the place it gave. */
export type Seen = { prefix: string; serial: string }

export function emptyWorld(): World {
  return { users: {}, gateways: {}, revoked: [], audit: [] }
}

/** The same world, however it came to be so: what is a set is sorted. */
export function ordered(world: World): World {
  const gateways = Object.entries(world.gateways).map(([name, gateway]) => {
    return [name, { ...gateway, former: [...gateway.former].sort() }] as const
  })
  return {
    users: sortedByName(Object.entries(world.users)),
    gateways: sortedByName(gateways),
    revoked: [...world.revoked].sort(),
    audit: [...world.audit].sort(),
  }
}

function sortedByName<T>(entries: (readonly [string, T])[]): Record<string, T> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)))
}

export function isSame(one: World, other: World): boolean {
  return JSON.stringify(ordered(one)) === JSON.stringify(ordered(other))
}
