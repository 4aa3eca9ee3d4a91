import t from 'tap'
import { Malformed } from './der-reader.ts'
import { fromPem, toPem } from './pem.ts'

const DER = Buffer.from(Array.from({ length: 100 }, (_, n) => n))

t.test('a block has lines of 64 characters and is read again', async (t) => {
  const pem = toPem('X509 CRL', DER)
  t.same(
    pem.split('\n').map((line) => line.length),
    [24, 64, 64, 8, 22, 0],
  )
  t.same(fromPem(pem), { label: 'X509 CRL', der: DER })
  t.same(fromPem(toPem('A', DER.subarray(0, 48))), { label: 'A', der: DER.subarray(0, 48) })
})

t.test('line ends of any system, lines of any length and white space around are taken', async (t) => {
  const pem = toPem('A', DER)
  t.same(fromPem(pem.replaceAll('\n', '\r\n')).der, DER)
  t.same(fromPem(`\n \n${pem}\n\n`).der, DER)
  t.same(fromPem(`-----BEGIN A-----\n${DER.toString('base64')}\n-----END A-----`).der, DER)
})

t.test('anything else is refused, and the words say what is wrong', async (t) => {
  const pem = toPem('A', DER)
  const faults: [string, string, RegExp][] = [
    ['nothing', '', /no PEM block/],
    ['DER', DER.toString('latin1'), /no PEM block/],
    ['two blocks', pem + pem, /there are 2 PEM blocks/],
    ['a text before', `Certificate:\n${pem}`, /nothing before, inside or after/],
    ['a text after', `${pem}junk`, /nothing before, inside or after/],
    ['no end', pem.slice(0, 80), /has no end/],
    ['another label at the end', pem.replace('END A', 'END B'), /nothing before, inside or after/],
    [
      'a header inside',
      pem.replace('-----\n', '-----\nProc-Type: 4,ENCRYPTED\n\n'),
      /the base64 of the A block is damaged/,
    ],
    ['dashes inside', pem.replace('\n', '\n-----x-----\n'), /nothing before, inside or after/],
    ['a character left out', pem.replace('AAEC', 'AEC'), /the base64 of the A block is damaged/],
    ['padding left out', pem.replace('==', ''), /damaged/],
    ['bits after the end', '-----BEGIN A-----\nAB==\n-----END A-----\n', /damaged/],
    ['base64url', '-----BEGIN A-----\n_-8=\n-----END A-----\n', /damaged/],
    ['a space in a line', pem.replace('AAEC', 'A AEC'), /damaged/],
    [
      'the end on the line of the base64',
      '-----BEGIN A-----\nAA==-----END A-----\n',
      /nothing before, inside or after/,
    ],
    ['a strange label', '-----BEGIN <a>-----\nAA==\n-----END <a>-----\n', /nothing before, inside or after/],
  ]
  for (const [what, text, message] of faults) t.throws(() => fromPem(text), { message, name: 'Malformed' }, what)
})

t.test('ten million line feeds or dashes are refused at once', async (t) => {
  t.throws(() => fromPem(`-----BEGIN A-----\n${'\n'.repeat(10_000_000)}`), Malformed)
  t.throws(() => fromPem('-'.repeat(10_000_000)), Malformed)
  t.throws(() => fromPem(`-----BEGIN ${'A '.repeat(1_000_000)}`), Malformed)
})
