import type { ProblemCode } from '../domain/problem.ts'

export type ProblemKind = { status: number; title: string }

/** What each refusal looks like on the wire (RFC 9457): `type` is /problems/<code>. A forgotten code does not compile. */
export const PROBLEMS: Record<ProblemCode, ProblemKind> = {
  'bad-request': { status: 400, title: 'The request is not what this call takes' },
  'bad-name': { status: 400, title: 'The name is not allowed' },
  'bad-prefix': { status: 400, title: 'The prefix is not allowed' },
  'bad-csr': { status: 400, title: 'The certificate request is refused' },
  'bad-rule': { status: 400, title: 'The rule is not allowed' },
  unauthorized: { status: 401, title: 'The call needs a token' },
  forbidden: { status: 403, title: 'The token is not good for this call' },
  'not-found': { status: 404, title: 'There is nothing at this path' },
  'method-not-allowed': { status: 405, title: 'The path does not take this method' },
  'user-unknown': { status: 404, title: 'There is no such user' },
  'gateway-unknown': { status: 404, title: 'There is no such gateway' },
  'host-unknown': { status: 404, title: 'No such VPN host' },
  'token-unknown': { status: 404, title: 'There is no such token' },
  'user-exists': { status: 409, title: 'The user already exists' },
  'gateway-exists': { status: 409, title: 'The gateway already exists' },
  'token-exists': { status: 409, title: 'The token already exists' },
  'number-taken': { status: 409, title: 'The number is taken' },
  'slot-taken': { status: 409, title: 'The slot is taken' },
  'users-full': { status: 409, title: 'The site prefix is full' },
  'user-full': { status: 409, title: 'The user has no free slot' },
  'user-has-gateways': { status: 409, title: 'The user still has gateways' },
  'items-refused': { status: 409, title: 'An item of the list can’t be created' },
  'renewal-too-early': { status: 409, title: 'The certificate is not yet due for renewal' },
  'retire-needs-agent': { status: 409, title: 'Retiring a certificate needs managed mode' },
  'authority-ended': { status: 409, title: 'The certificate authority has ended' },
  'key-unreadable': { status: 409, title: 'The stored key can’t be opened' },
  'precondition-failed': { status: 412, title: 'The object has changed meanwhile' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body is not JSON' },
  'publish-pending': { status: 503, title: 'The change is made, its files are not written yet' },
  'storage-failed': { status: 503, title: 'The database can’t be written' },
  internal: { status: 500, title: 'An error of the service' },
}
