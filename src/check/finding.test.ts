import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { FAULTS, fine, note, orFine, problem, reasonOf, SUBJECTS, warning } from './finding.ts'

t.test('a finding has a level, a code, what is so, and what to do', async (t) => {
  t.same(problem('crl-missing', 'it is gone', 'put it back'), {
    level: 'problem',
    code: 'crl-missing',
    detail: 'it is gone',
    remedy: 'put it back',
  })
  t.equal(warning('crl-ending', 'b', 'c').level, 'warning')
  t.equal(note('crl-ahead', 'b', 'c').level, 'note')
})

t.test('what is right is said when nothing else is', async (t) => {
  const findings = [note('crl-ahead', 'b', 'c')]
  t.same(orFine(findings, 'crl', 'it is there'), findings)
  t.same(orFine([], 'crl', 'it is there'), [fine('crl', 'it is there')])
})

t.test('a reason is the error’s own words', async (t) => {
  t.equal(reasonOf(new Error('no room')), 'no room')
  t.equal(reasonOf('no room'), 'no room')
})

t.test('every fault is found by a test of its own', async (t) => {
  const tests = readdirSync(import.meta.dirname).filter(
    (name) => name.endsWith('.test.ts') && name !== 'finding.test.ts',
  )
  const texts = tests.map((name) => readFileSync(join(import.meta.dirname, name), 'utf8')).join('')
  t.same(
    FAULTS.filter((code) => !new RegExp(`['\\s|]${code}'`).test(texts)),
    [],
  )
  t.same([...new Set([...FAULTS, ...SUBJECTS])].length, FAULTS.length + SUBJECTS.length, 'no name means two things')
})
