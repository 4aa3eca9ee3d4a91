import t from 'tap'
import { fine, note, problem, warning } from './finding.ts'
import { reportOf } from './report.ts'

const FINDINGS = [
  fine('files', 'a is there'),
  warning('crl-ending', 'b ends', 'renew it'),
  problem('ca-key-missing', 'c is gone', 'put it back'),
  note('migration-pending', 'd is old', 'the next start renews it'),
  problem('storage-key-missing', 'e is gone', 'put it back'),
]

t.test('findings are a line each, the worst first, and what is right is kept quiet', async (t) => {
  t.equal(
    reportOf(FINDINGS, { isVerbose: false, isJson: false }),
    `problem: c is gone; put it back
problem: e is gone; put it back
warning: b ends; renew it
note: d is old; the next start renews it
`,
  )
})

t.test('what is right is told to who wants to know', async (t) => {
  t.match(reportOf(FINDINGS, { isVerbose: true, isJson: false }), /\nok: a is there\n$/)
})

t.test('nothing wrong is nothing said, and an empty array for programs', async (t) => {
  t.equal(reportOf([fine('files', 'b')], { isVerbose: false, isJson: false }), '')
  t.equal(reportOf([fine('files', 'b')], { isVerbose: false, isJson: true }), '[]\n')
})

t.test('programs get the same in the same order', async (t) => {
  const told = JSON.parse(reportOf(FINDINGS, { isVerbose: true, isJson: true }))
  t.same(
    told.map(({ code }: { code: string }) => code),
    ['ca-key-missing', 'storage-key-missing', 'crl-ending', 'migration-pending', 'files'],
  )
  t.same(told[0], FINDINGS[2])
})
