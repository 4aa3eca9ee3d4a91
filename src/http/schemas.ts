import { type Static, type TProperties, type TSchema, Type } from 'typebox'
import { CERTIFICATE_STATUSES, REVOCATION_REASONS } from '../domain/certificate.ts'
import { KEY_TYPES } from '../domain/key-type.ts'
import { PROBLEM_CODES } from '../domain/problem.ts'
import { ITEMS_MAX } from '../provision/items.ts'
import { MUST } from './fault-words.ts'

export const strict = { additionalProperties: false }

/** An object that the description shows once, under a name, and refers to from everywhere else. */
export function shared<P extends TProperties>($id: string, properties: P, options: { description?: string } = {}) {
  return Object.assign(Type.Object(properties, { ...strict, ...options }), { $id })
}

export const oneOf = <T extends string>(values: readonly T[], description?: string) =>
  Type.Unsafe<T>({ type: 'string', enum: [...values], ...(description === undefined ? {} : { description }) })

export const Time = Type.String({ format: 'date-time', description: 'RFC 3339, UTC, to the second' })
export const Serial = Type.String({ pattern: '^[0-9a-f]{32}$', description: '128 bits, lower-case hex' })
export const KeyTypeName = oneOf(KEY_TYPES, 'What kind of key pair')

/** Lengths and grammar of names are the domain's, whose refusals say more than a pattern; this only bounds the work. */
export const Name = Type.String({ maxLength: 255 })
export const Csr = Type.String({
  maxLength: 16_384,
  description: 'PKCS#10, PEM: the private key then never leaves its owner',
})

export const Problem = shared(
  'Problem',
  {
    type: oneOf(PROBLEM_CODES.map((code) => `/problems/${code}`)),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'What is wrong this time, and what would be right' }),
    instance: Type.Optional(Type.String({ description: 'The request, as the log names it' })),
    errors: Type.Optional(
      Type.Array(Type.Object({ field: Type.String({ description: 'JSON Pointer' }), message: Type.String() }, strict)),
    ),
    user: Type.Optional(Type.String()),
    gateway: Type.Optional(Type.String()),
    number: Type.Optional(Type.Integer()),
    slot: Type.Optional(Type.Integer()),
    renewableFrom: Type.Optional(Time),
    location: Type.Optional(Type.String()),
  },
  { description: 'RFC 9457' },
)

export const User = shared('User', {
  name: Type.String(),
  number: Type.Integer(),
  hex: Type.String({ description: 'The number as it stands in the addresses' }),
  prefix: Type.String({ description: 'The block of all gateways of the user' }),
  gateways: Type.Integer({ description: 'How many there are' }),
  disabled: Type.Boolean(),
  createdAt: Time,
})

const certificate = {
  serial: Serial,
  notBefore: Time,
  notAfter: Time,
  renewableFrom: Time,
  keyType: KeyTypeName,
  status: oneOf(CERTIFICATE_STATUSES, 'superseded: a renewal left it good until its end'),
}

export const Certificate = shared('Certificate', certificate)

export const CertificateRecord = shared('CertificateRecord', {
  ...certificate,
  issuedAt: Time,
  supersededAt: Type.Union([Time, Type.Null()]),
  revokedAt: Type.Union([Time, Type.Null()]),
  revocationReason: Type.Union([oneOf(REVOCATION_REASONS), Type.Null()]),
})

const gateway = {
  name: Type.String(),
  user: Type.String(),
  slot: Type.Integer(),
  prefix: Type.String({ description: 'The /60 that is routed to the gateway' }),
  address: Type.String({ description: 'Its own address in the tunnel' }),
  disabled: Type.Boolean(),
  userDisabled: Type.Boolean({ description: 'Whether its user is disabled, which keeps it out as well' }),
  certificate: Type.Ref(Certificate.$id),
  createdAt: Time,
}

export const GatewaySummary = shared('GatewaySummary', gateway)

const live = {
  session: Type.Union(
    [
      Type.Object(
        { host: Type.String(), instance: Type.Integer(), realAddress: Type.String(), since: Time },
        { ...strict, description: 'Where it is connected, as the agent of that host says' },
      ),
      Type.Null(),
    ],
    {},
  ),
  lastSeenAt: Type.Union([Time, Type.Null()], {
    description: 'When its last session ended; null while it is connected, or never was',
  }),
}

export const Gateway = shared('Gateway', {
  ...gateway,
  networks: Type.Array(Type.String(), { description: 'Its sixteen /64, n = 0 to f' }),
  formerCertificates: Type.Array(Type.Ref(Certificate.$id), { description: 'Those of before that are still good' }),
  ...live,
})

const token = {
  name: Type.String(),
  scope: Type.String({ description: 'admin, read, or agent: and the VPN host whose agent has it' }),
  createdAt: Time,
  expiresAt: Type.Union([Time, Type.Null()]),
  lastUsedAt: Type.Union([Time, Type.Null()]),
}

export const Token = shared('Token', token)

export const NewToken = shared('NewToken', {
  ...token,
  token: Type.String({ description: 'The text that a caller sends, shown this once' }),
})

export const AuditEntry = shared('AuditEntry', {
  revision: Type.Integer(),
  at: Time,
  actor: Type.String(),
  action: Type.String(),
  object: Type.String(),
  detail: Type.Record(Type.String(), Type.Unknown()),
  requestId: Type.String(),
})

/** One object, or a list of them that is made whole or not at all. */
export function oneOrMany<S extends TSchema>(item: S) {
  const many = Type.Array(item, { minItems: 1, maxItems: ITEMS_MAX })
  return Type.Unsafe<Static<S> | Static<S>[]>({ anyOf: [item, many] })
}

/** A page of a list. Query values arrive as text, and nothing is coerced behind the caller's back. */
export const pageQuery = {
  limit: Type.Optional(
    Type.String({
      pattern: '^[1-9][0-9]{0,4}$',
      [MUST]: 'be 1 to 10000',
      description: '1 to 10000; without it, the whole list',
    }),
  ),
  after: Type.Optional(Type.String({ maxLength: 255, description: 'Where the page before ended' })),
}

export const SHARED = [
  Problem,
  User,
  Certificate,
  CertificateRecord,
  GatewaySummary,
  Gateway,
  Token,
  NewToken,
  AuditEntry,
]
