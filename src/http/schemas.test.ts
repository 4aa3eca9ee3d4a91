import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { CERTIFICATE_STATUSES, REVOCATION_REASONS } from '../domain/certificate.ts'
import { KEY_TYPES } from '../domain/key-type.ts'
import { PROBLEM_CODES } from '../domain/problem.ts'
import { MUST } from './fault-words.ts'
import { Csr, KeyTypeName, Name, oneOf, oneOrMany, Problem, pageQuery, Serial, SHARED } from './schemas.ts'

const ajv = new Ajv2020({ formats: { 'date-time': true }, keywords: [MUST] })
const takes = (schema: object) => ajv.compile(schema)

t.test('an object of the API has no field that is not in its schema', async (t) => {
  for (const schema of SHARED) t.match(schema, { type: 'object', additionalProperties: false }, schema.$id)
})

t.test('the shared schemas have names of their own', async (t) => {
  t.equal(new Set(SHARED.map(({ $id }) => $id)).size, SHARED.length)
})

t.test('a problem’s type is one of the catalogue', async (t) => {
  t.strictSame(
    (Problem.properties.type as unknown as { enum: string[] }).enum,
    PROBLEM_CODES.map((code) => `/problems/${code}`),
  )
  const problem = { title: 't', status: 400, detail: 'd' }
  t.ok(takes(Problem)({ ...problem, type: '/problems/bad-name' }))
  t.notOk(takes(Problem)({ ...problem, type: '/problems/colour' }))
})

t.test('a serial is 32 digits of lower-case hex', async (t) => {
  const isSerial = takes(Serial)
  t.ok(isSerial('0123456789abcdef0123456789abcdef'))
  for (const other of ['0123456789ABCDEF0123456789ABCDEF', 'abc', '', `${'0'.repeat(32)}\n`, 'g'.repeat(32)]) {
    t.notOk(isSerial(other), JSON.stringify(other))
  }
})

t.test('a name and a request are bounded before anything else looks at them', async (t) => {
  t.ok(takes(Name)('a'.repeat(255)))
  t.notOk(takes(Name)('a'.repeat(256)))
  t.ok(takes(Csr)('a'.repeat(16_384)))
  t.notOk(takes(Csr)('a'.repeat(16_385)))
})

t.test('a choice is one of its values, and the lists of the domain are shown whole', async (t) => {
  const isColour = takes(oneOf(['red', 'green']))
  t.ok(isColour('red'))
  for (const other of ['blue', '', null, ['red']]) t.notOk(isColour(other))
  for (const keyType of KEY_TYPES) t.ok(takes(KeyTypeName)(keyType))
  const text = JSON.stringify(SHARED)
  for (const word of [...CERTIFICATE_STATUSES, ...REVOCATION_REASONS]) t.ok(text.includes(`"${word}"`), word)
})

t.test('a limit is text of digits: nothing is coerced', async (t) => {
  const isLimit = takes(pageQuery.limit)
  for (const limit of ['1', '10', '10000', '99999']) t.ok(isLimit(limit), limit)
  for (const other of ['0', '00', '100000', '', ' 1', '1\n', 'abc', 1, null]) t.notOk(isLimit(other), String(other))
})

t.test('one or many is one object, or 1 to 500 of them', async (t) => {
  const isOneOrMany = takes(oneOrMany(Name))
  for (const right of ['a', ['a'], Array(500).fill('a')]) t.ok(isOneOrMany(right))
  for (const wrong of [[], [7], [['a']], null, Array(501).fill('a')]) t.notOk(isOneOrMany(wrong))
})
