import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readConfig } from '../config.ts'
import { DAY_MS } from '../domain/lifetime.ts'
import { checkTls } from './check-tls.ts'
import { codesOf } from './testing/installation.ts'

/** A certificate of its own that ends in thirty days, and a key that is not its. */
function makePair(t: Test) {
  const folder = t.testdir({})
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  for (const name of ['a', 'b']) {
    const files = ['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.crt`)]
    execFileSync('openssl', ['req', '-x509', ...key, '-subj', '/CN=x', '-days', '30', ...files], { stdio: 'ignore' })
  }
  const configOf = (certificate: string, key: string) =>
    readConfig({ VPNUNIT_TLS_CERT: join(folder, certificate), VPNUNIT_TLS_KEY: join(folder, key) })
  return { folder, configOf }
}

t.test('without TLS there is nothing to look at', async (t) => {
  t.same(checkTls(readConfig({}), new Date()), [])
})

t.test('a pair that lives is right, one that ends soon is warned of, one that ended is a problem', async (t) => {
  const { configOf } = makePair(t)
  const config = configOf('a.crt', 'a.key')
  const inDays = (days: number) => codesOf(checkTls(config, new Date(Date.now() + days * DAY_MS)))
  t.same(inDays(0), [])
  t.same(inDays(15), [])
  t.same(inDays(17), ['warning api-certificate-ending'])
  t.same(inDays(31), ['problem api-certificate-ended'])
})

t.test('what can’t be used is a problem, with the reason', async (t) => {
  const { folder, configOf } = makePair(t)
  writeFileSync(join(folder, 'empty'), '')
  for (const [certificate, key, reason] of [
    ['a.crt', 'b.key', 'they are no pair'],
    ['none', 'a.key', 'ENOENT'],
    ['a.crt', 'none', 'ENOENT'],
    ['empty', 'a.key', /./],
    ['a.crt', 'a.crt', /./],
  ] as const) {
    t.match(checkTls(configOf(certificate, key), new Date()), [
      { code: 'api-certificate-unusable', level: 'problem', detail: reason },
    ])
  }
})
