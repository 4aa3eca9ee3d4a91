import { Type } from 'typebox'
import { AppliedRule } from './policy-schemas.ts'
import { Gateway, Serial, shared, strict, Time, User } from './schemas.ts'

/** What a double holds exactly. */
export const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })

const session = {
  gateway: Type.String(),
  user: Type.String(),
  prefix: Type.String(),
  address: Type.String(),
  host: Type.String(),
  instance: Type.Integer(),
  realAddress: Type.String({ description: 'Where the gateway connects from, with its port' }),
  serial: Type.Union([Serial, Type.Null()], { description: 'null when no agent saw the session begin' }),
  since: Time,
  bytesIn: Type.Integer({ description: 'What came from the gateway' }),
  bytesOut: Type.Integer(),
}

const groups = Type.Array(Type.String(), { description: 'The groups of the gateway, by itself or by its user' })

const rules = Type.Optional(
  Type.Array(Type.Ref(AppliedRule.$id), {
    description: 'With rules=true: what holds for it, in the order it is asked',
  }),
)

export const Session = shared('Session', { ...session, groups, rules })

export const PastSession = shared('PastSession', {
  id: Type.Integer(),
  ...session,
  until: Type.Union([Time, Type.Null()], { description: 'null while it lives' }),
  reason: Type.Union([Type.String(), Type.Null()]),
})

export const DayTraffic = shared('DayTraffic', { day: Type.String(), bytesIn: Count, bytesOut: Count })

const instanceReceipt = {
  instance: Type.Integer(),
  found: Type.Integer({ description: 'Sessions that were there' }),
  ended: Type.Integer(),
  left: Type.Integer({ description: 'What OpenVPN’s own status still lists at the end' }),
}

export const InstanceReceipt = Type.Object(instanceReceipt, strict)

const ended = {
  sessionsEnded: Type.Integer(),
  instances: Type.Array(Type.Object({ host: Type.String(), ...instanceReceipt }, strict)),
  notReached: Type.Array(Type.String(), {
    description:
      'Hosts that did not answer within a second, and instances (host/number) that their agents could not ask; they are brought in line when they are back',
  }),
}

export const EndedSessions = shared('EndedSessions', ended, { description: 'What was found of sessions, and ended' })

export const DeletionReceipt = shared('DeletionReceipt', {
  gateway: Type.String(),
  revokedSerials: Type.Array(Serial),
  crlNumber: Type.Integer({ description: 'The revocation list that says so, in place when this answer is sent' }),
  ...ended,
  notice: Type.String({ description: 'What this removal does not do by itself' }),
})

const endedBeside = { sessions: Type.Optional(Type.Ref(EndedSessions.$id)) }

export const ChangedGateway = shared('ChangedGateway', { ...Gateway.properties, ...endedBeside })
export const RenewedGateway = shared('RenewedGateway', {
  ...Gateway.properties,
  revokedSerials: Type.Optional(Type.Array(Serial)),
  ...endedBeside,
})
export const ChangedUser = shared('ChangedUser', { ...User.properties, ...endedBeside })

export const SESSION_SCHEMAS = [
  Session,
  PastSession,
  DayTraffic,
  EndedSessions,
  DeletionReceipt,
  ChangedGateway,
  RenewedGateway,
  ChangedUser,
]
