import t from 'tap'
import { askAs, openTestApp, TOKEN } from '../testing/test-unit.ts'
import { MUST } from './fault-words.ts'

/** Each request with the sentence that it is answered with. */
const SENTENCES: readonly [method: string, url: string, body: object | undefined, detail: string][] = [
  ['GET', '/audit?limit=0', undefined, 'The query is refused: /limit must be 1 to 10000.'],
  ['GET', '/gateways?expiresBefore=tomorrow', undefined, '/expiresBefore must be a time such as 2027-01-31T00:00:00Z.'],
  [
    'GET',
    '/gateway/a.example.org/traffic?from=yesterday',
    undefined,
    '/from must be a day in UTC, such as 2027-01-31.',
  ],
  [
    'GET',
    '/gateway/a.example.org/traffic?from=2027-02-01&to=2027-01-31',
    undefined,
    '/from must not be after the last day, 2027-01-31.',
  ],
  [
    'GET',
    '/gateway/a.example.org/lan?interface=br-lan&network=10',
    undefined,
    '/network must be one digit, 0 to 9 or a to f.',
  ],
  [
    'GET',
    '/gateway/a.example.org/lan?interface=br-lan&format=dnsmasq',
    undefined,
    '/format must be one of radvd, ifup',
  ],
  ['GET', '/gateway/a.example.org/firewall?event=connect&device=0', undefined, '/device must be the name of a device'],
  ['GET', '/events?last=some', undefined, '/last must be a whole number.'],
  ['DELETE', '/groups/ops/rules/one', undefined, 'The path is refused: /position must be 1 or more, as the list of'],
  ['POST', '/gateways', { name: 'a.example.org', user: 'ada', slot: 16 }, '/slot must be 0 to 15.'],
  ['POST', '/users', { name: 7 }, '/name must be text.'],
  ['POST', '/users', { name: 'ada', number: 1.5 }, '/number must be a whole number.'],
  ['POST', '/users', [], 'The body is refused: it must have at least 1 item.'],
  ['PATCH', '/users/ada', { disabled: 'yes' }, '/disabled must be true or false.'],
  ['POST', '/tokens', { name: 'a', scope: 'read', expiresAt: '2030' }, '/expiresAt must be a time such as'],
  [
    'POST',
    '/groups/ops/rules',
    { action: 'permit', direction: 'from', peer: 'any', protocol: 'any' },
    '/action must be one of allow, deny.',
  ],
  ['POST', '/groups', { name: 'ops', description: 'two\nlines' }, '/description must be one line'],
  ['POST', '/groups', { name: 'ops', description: 'x'.repeat(501) }, '/description must have at most 500 characters.'],
]

t.test('what a schema refuses is said in words that say what would be right', async (t) => {
  const { ask } = await openTestApp(t)
  await ask('POST', '/users', { name: 'ada' })
  await ask('POST', '/gateways', { name: 'a.example.org', user: 'ada' })
  for (const [method, url, body, detail] of SENTENCES) {
    const answer = await ask(method, url, body)
    t.equal(answer.status, 400)
    t.match((answer.body as { detail: string }).detail, detail, `${method} ${url}`)
  }
})

t.test('every pattern that a person’s call meets is described in words', async (t) => {
  const { api } = await openTestApp(t)
  const { body } = await askAs(api, TOKEN)('GET', '/openapi.json')
  const { paths } = body as { paths: Record<string, Record<string, object>> }
  const schemas = Object.entries(paths)
    .filter(([path]) => !path.startsWith('/agent'))
    .flatMap(([, operations]) => Object.values(operations))
    .flatMap((operation) => within({ ...operation, responses: undefined }))
    .filter((one) => 'pattern' in one)
  t.ok(schemas.length > 5, 'patterns are found')
  t.same(
    schemas.filter((one) => !(MUST in one)),
    [],
  )
})

/** A value and all objects inside it. */
function within(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return []
  return [value, ...Object.values(value).flatMap(within)]
}
