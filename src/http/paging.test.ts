import t from 'tap'
import { type Ask, openTestApp } from '../testing/test-unit.ts'

const NAMES = ['ada', 'bob', 'c-3', 'c3', 'constructor', 'zoe']

async function openWithUsers(t: Parameters<typeof openTestApp>[0]) {
  const app = await openTestApp(t)
  for (const name of NAMES.toReversed()) await app.ask('POST', '/users', { name })
  return app
}

/** The names on each page, from one to the next by their links. */
async function walk(ask: Ask, first: string): Promise<string[][]> {
  const pages: string[][] = []
  for (let url: string | undefined = first; url !== undefined; ) {
    const { status, headers, body } = await ask('GET', url)
    if (status !== 200) throw new Error(`${url} was answered ${status}`)
    pages.push((body as { name: string }[]).map(({ name }) => name))
    url = /^<(\/[^>]+)>; rel="next"$/.exec(String(headers.link))?.[1]
  }
  return pages
}

t.test('without a limit the list is whole and has no link', async (t) => {
  const { ask } = await openWithUsers(t)
  t.strictSame(await walk(ask, '/users'), [NAMES])
  t.strictSame(await walk(ask, '/users?after=c3'), [['constructor', 'zoe']])
})

t.test('the pages of any size are the list, in its order, each name once', async (t) => {
  const { ask } = await openWithUsers(t)
  for (const limit of [1, 2, 4, 5, 6, 7, 10_000]) {
    const pages = await walk(ask, `/users?limit=${limit}`)
    t.strictSame(pages.flat(), NAMES, `limit ${limit}`)
    for (const page of pages.slice(0, -1)) t.equal(page.length, limit)
  }
  t.strictSame(await walk(ask, '/users?limit=4'), [NAMES.slice(0, 4), NAMES.slice(4)])
})

t.test('what is removed or added between two pages moves nothing else', async (t) => {
  const { ask } = await openWithUsers(t)
  const { headers } = await ask('GET', '/users?limit=2')
  await ask('DELETE', '/users/bob')
  await ask('POST', '/users', { name: 'aaron' })
  t.equal(headers.link, '</users?limit=2&after=bob>; rel="next"')
  t.strictSame(await walk(ask, '/users?limit=2&after=bob'), [['c-3', 'c3'], ['constructor', 'zoe'], []])
})

t.test('gateways are paged in the same way', async (t) => {
  const { ask } = await openTestApp(t)
  await ask('POST', '/users', { name: 'ada' })
  const names = ['a-b.example.org', 'a.example.org', 'a.b.example.org', 'b.example.org'].sort()
  for (const name of names.toReversed()) await ask('POST', '/gateways', { name, user: 'ada' })
  for (const limit of [1, 3]) t.strictSame((await walk(ask, `/gateways?limit=${limit}`)).flat(), names)
})

const LISTS = ['/users', '/gateways', '/audit']

t.test('a limit is 1 to 10,000 in plain digits', async (t) => {
  const { ask } = await openTestApp(t)
  for (const list of LISTS) {
    for (const limit of ['1', '10000']) t.equal((await ask('GET', `${list}?limit=${limit}`)).status, 200)
    for (const limit of ['0', '-1', 'abc', '1.5', '1e3', '0x10', '01', '+1', '', '%201', '10%0a', '100000', '١']) {
      const { body } = await ask('GET', `${list}?limit=${limit}`)
      t.match(body, { type: '/problems/bad-request', status: 400, errors: [{ field: '/limit' }] }, `${list} ${limit}`)
    }
    t.match((await ask('GET', `${list}?limit=10001`)).body, {
      type: '/problems/bad-request',
      status: 400,
      detail: 'The query is refused: /limit must be 1 to 10000; 10001 is not.',
    })
  }
})

t.test('every fault of a page is listed by its field, as all faults of a request are', async (t) => {
  const { ask } = await openTestApp(t)
  t.match((await ask('GET', '/users?limit=10001')).body, { errors: [{ field: '/limit' }] })
  t.match((await ask('GET', '/audit?after=ada')).body, { errors: [{ field: '/after' }] })
})

t.test('a parameter given twice, a misspelt one and one that is too long are refused by name', async (t) => {
  const { ask } = await openTestApp(t)
  for (const list of LISTS) {
    for (const [query, field] of [
      ['limit=1&limit=2', '/limit'],
      ['after=a&after=b', '/after'],
      ['limt=1', '/limt'],
      ['Limit=1', '/Limit'],
      ['limit[]=1', '/limit[]'],
      [`after=${'a'.repeat(256)}`, '/after'],
      ['__proto__=1', '/__proto__'],
    ] as const) {
      const { status, body } = await ask('GET', `${list}?${query}`)
      t.equal(status, 400, `${list} ${query.slice(0, 20)}`)
      t.match(body, { type: '/problems/bad-request', errors: [{ field }] })
    }
  }
})
