import t from 'tap'
import { Secret } from '../../../domain/secret.ts'
import {
  authRetry,
  certificate,
  crResponse,
  forgetPasswords,
  needOk,
  needStr,
  password,
  pkSig,
  rsaSig,
  username,
} from './credentials.ts'

t.test('a name and a password are quoted', async (t) => {
  t.equal(password('Private Key', new Secret('foo"bar')).text, 'password "Private Key" "foo\\"bar"\n')
  t.equal(username('Auth', 'a b').text, 'username "Auth" "a b"\n')
  t.equal(needStr('name', 'John').text, 'needstr "name" "John"\n')
  t.equal(needOk('token-insertion-request', 'cancel').text, 'needok "token-insertion-request" cancel\n')
  t.throws(() => password('Auth', new Secret('a\nb')), { code: 'bad-command' })
  t.throws(() => needOk('x', 'yes' as 'ok'), { code: 'bad-command' })
})

t.test('the others are words', async (t) => {
  t.equal(forgetPasswords().text, 'forget-passwords\n')
  t.equal(authRetry('nointeract').text, 'auth-retry nointeract\n')
  t.throws(() => authRetry('x' as 'none'), { code: 'bad-command' })
  t.equal(crResponse(new Secret('Hallo Welt!')).text, 'cr-response "SGFsbG8gV2VsdCE="\n')
  t.throws(() => crResponse(new Secret('x'.repeat(193))), { code: 'bad-command' }, 'longer than a word in base64')
})

t.test('a signature is base64 in lines that are no commands', async (t) => {
  const long = Buffer.alloc(256, 7).toString('base64')
  for (const make of [pkSig, rsaSig]) {
    const lines = make(long).text.trimEnd().split('\n')
    t.equal(lines.slice(1, -1).join(''), long)
    t.ok(lines.slice(1, -1).every((line) => line.length >= 64 && line.length < 128))
    t.equal(lines.at(-1), 'END')
    for (const bad of ['', 'exit', 'AAAA AAAA', 'x', `${long}\nexit`, 'A'.repeat(65)]) {
      t.throws(() => make(bad), { code: 'bad-command' }, bad)
    }
  }
})

t.test('a certificate is PEM and nothing else', async (t) => {
  const pem = `-----BEGIN CERTIFICATE-----\n${'A'.repeat(64)}\n${'B'.repeat(64)}\nQUJD\n-----END CERTIFICATE-----\n`
  const one = `-----BEGIN CERTIFICATE-----\n${'A'.repeat(64)}\n${'B'.repeat(64)}QUJD\n-----END CERTIFICATE-----\n`
  t.equal(certificate(pem).text, `certificate\n${one}END\n`, 'a short line is joined to the one before')
  t.equal(certificate(pem.replaceAll('\n', '\r\n') + pem.trimEnd()).text, `certificate\n${one}${one}END\n`)
  const inside = pem.replace('QUJD', 'exit')
  t.notMatch(certificate(inside).text, /^exit$/m)
  for (const bad of [
    '',
    'x',
    `x${pem}`,
    `${pem}x`,
    pem.replace('QUJD', 'signal SIGTERM'),
    pem.replace('QUJD', 'QQQ'),
  ]) {
    t.throws(() => certificate(bad), { code: 'bad-command' }, bad)
  }
})
