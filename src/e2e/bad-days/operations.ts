import type { Random } from './random.ts'
import type { KnownGateway, Seen, World } from './world.ts'

/** A request that changes something, or one that must be refused. */
export type Operation = {
  method: string
  path: string
  body?: object
  /** What it does to the world, whole; nothing when it must be refused. */
  act?: (world: World, seen: (gateway: string) => Seen) => void
  /** The gateways of which only the answer knows the serial. */
  gateways?: string[]
}

const USERS_MOST = 4
const GATEWAYS_MOST = 10

/** Chooses what a writer asks next, out of what its world allows. */
export function chooseOperation(random: Random, writer: string, world: World): Operation {
  const users = Object.keys(world.users)
  const gateways = Object.keys(world.gateways)
  const choices: (() => Operation)[] = []
  if (users.length < USERS_MOST) choices.push(() => createUser(`${writer}-u${random.below(9)}`, world))
  if (users.length > 0) {
    choices.push(() => toggleUser(random.pick(users), world))
    choices.push(() => deleteUser(random.pick(users), world))
  }
  if (users.length > 0 && gateways.length < GATEWAYS_MOST) {
    const create = () => createGateway(`g${random.below(20)}.${writer}.example.org`, random.pick(users), world)
    choices.push(create, create, () => createSeveral(random, writer, random.pick(users), world))
  }
  if (gateways.length > 0) {
    choices.push(() => renew(random.pick(gateways), 'keep'))
    choices.push(() => renew(random.pick(gateways), 'revoke'))
    choices.push(() => renewTooEarly(random.pick(gateways)))
    choices.push(() => toggleGateway(random.pick(gateways), world))
    choices.push(() => deleteGateway(random.pick(gateways)))
  }
  return random.pick(choices)()
}

function createUser(name: string, world: World): Operation {
  const request = { method: 'POST', path: '/users', body: { name } }
  if (name in world.users) return request
  return {
    ...request,
    act: (after) => {
      after.users[name] = { disabled: false }
      after.audit.push(`user.create ${name}`)
    },
  }
}

function toggleUser(name: string, world: World): Operation {
  const disabled = !world.users[name]?.disabled
  return {
    method: 'PATCH',
    path: `/users/${name}`,
    body: { disabled },
    act: (after) => {
      after.users[name] = { disabled }
      after.audit.push(`user.${disabled ? 'disable' : 'enable'} ${name}`)
    },
  }
}

/** Refused while the user has gateways. */
function deleteUser(name: string, world: World): Operation {
  const request = { method: 'DELETE', path: `/users/${name}` }
  if (Object.values(world.gateways).some(({ user }) => user === name)) return request
  return {
    ...request,
    act: (after) => {
      delete after.users[name]
      after.audit.push(`user.delete ${name}`)
    },
  }
}

function createGateway(name: string, user: string, world: World): Operation {
  const request = { method: 'POST', path: '/gateways', body: { name, user } }
  if (name in world.gateways) return request
  return {
    ...request,
    gateways: [name],
    act: (after, seen) => {
      after.gateways[name] = { user, disabled: false, ...seen(name), former: [] }
      after.audit.push(`gateway.create ${name}`)
    },
  }
}

/** A list of gateways: all or none. */
function createSeveral(random: Random, writer: string, user: string, world: World): Operation {
  const first = random.below(20)
  const names = [first, first + 1, first + 2].map((n) => `g${n}.${writer}.example.org`)
  const each = names.map((name) => createGateway(name, user, world))
  const request = { method: 'POST', path: '/gateways', body: names.map((name) => ({ name, user })) }
  if (each.some(({ act }) => act === undefined)) return request
  return {
    ...request,
    gateways: names,
    act: (after, seen) => {
      for (const { act } of each) act?.(after, seen)
    },
  }
}

function renew(name: string, old: 'keep' | 'revoke'): Operation {
  return {
    method: 'POST',
    path: `/gateway/${name}/renew`,
    body: { force: true, old },
    gateways: [name],
    act: (after, seen) => {
      const gateway = known(after, name)
      const { serial } = seen(name)
      const former = [gateway.serial, ...gateway.former]
      if (old === 'revoke') after.revoked.push(...former)
      after.gateways[name] = { ...gateway, serial, former: old === 'revoke' ? [] : former }
      after.audit.push(`gateway.renew ${name}`)
    },
  }
}

function renewTooEarly(name: string): Operation {
  return { method: 'POST', path: `/gateway/${name}/renew`, body: { old: 'revoke' } }
}

function toggleGateway(name: string, world: World): Operation {
  const disabled = !known(world, name).disabled
  return {
    method: 'PATCH',
    path: `/gateways/${name}`,
    body: { disabled },
    act: (after) => {
      after.gateways[name] = { ...known(after, name), disabled }
      after.audit.push(`gateway.${disabled ? 'disable' : 'enable'} ${name}`)
    },
  }
}

function deleteGateway(name: string): Operation {
  return {
    method: 'DELETE',
    path: `/gateway/${name}`,
    act: (after) => {
      const { serial, former } = known(after, name)
      after.revoked.push(serial, ...former)
      delete after.gateways[name]
      after.audit.push(`gateway.delete ${name}`)
    },
  }
}

function known(world: World, name: string): KnownGateway {
  const gateway = world.gateways[name]
  if (gateway === undefined) throw new Error(`${name} is not in this world`)
  return gateway
}
