/**
 * Every refusal a caller can meet. The HTTP status and title of each stand in `http/problems.ts`, where a forgotten
 * code does not compile; what each means for an administrator stands in `docs/problems.md`.
 */
export const PROBLEM_CODES = [
  'bad-request',
  'bad-name',
  'bad-prefix',
  'bad-csr',
  'bad-rule',
  'unauthorized',
  'forbidden',
  'not-found',
  'method-not-allowed',
  'user-unknown',
  'gateway-unknown',
  'host-unknown',
  'token-unknown',
  'group-unknown',
  'rule-unknown',
  'user-exists',
  'gateway-exists',
  'token-exists',
  'group-exists',
  'number-taken',
  'slot-taken',
  'users-full',
  'user-full',
  'user-has-gateways',
  'group-in-use',
  'policy-test-failed',
  'items-refused',
  'renewal-too-early',
  'retire-needs-agent',
  'authority-ended',
  'key-unreadable',
  'precondition-failed',
  'body-too-large',
  'unsupported-media-type',
  'publish-pending',
  'storage-failed',
  'internal',
] as const

export type ProblemCode = (typeof PROBLEM_CODES)[number]

/** One fault of a request, by the field that carries it (a JSON Pointer, RFC 6901; the empty one is the whole). */
export type FieldFault = { field: string; message: string }

/** What a problem document may say beside RFC 9457's own members. */
export type ProblemExtras = {
  user?: string
  gateway?: string
  number?: number
  slot?: number
  renewableFrom?: string
  location?: string
  errors?: FieldFault[]
}

/** A refusal that the caller can understand and act on. Anything else that is thrown is a bug or a failing machine. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly extras: ProblemExtras

  constructor(code: ProblemCode, detail: string, extras: ProblemExtras = {}, options?: ErrorOptions) {
    super(detail, options)
    this.name = 'Problem'
    this.code = code
    this.extras = extras
  }
}
