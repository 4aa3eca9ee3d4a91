import t from 'tap'
import { showProgress } from './progress.ts'

function record(isTTY?: boolean) {
  const written: string[] = []
  return { written, target: { isTTY, write: (text: string) => written.push(text) } }
}

t.test('on a terminal a bar is drawn over itself, and the next line begins behind it', async (t) => {
  const { written, target } = record(true)
  const bar = showProgress(3, target)
  bar.advance(1)
  bar.advance(2)
  bar.end()
  t.same(written, [
    '\r[..............................] 0 of 3',
    '\r[##########....................] 1 of 3',
    '\r[##############################] 3 of 3',
    '\n',
  ])
})

t.test('a bar is full when all is done, and not before', async (t) => {
  const { written, target } = record(true)
  showProgress(1000, target).advance(999)
  t.match(written.at(-1), '#.] 999 of 1000')
})

t.test('elsewhere nothing is drawn', async (t) => {
  for (const isTTY of [false, undefined]) {
    const { written, target } = record(isTTY)
    const bar = showProgress(2, target)
    bar.advance(2)
    bar.end()
    t.same(written, [])
  }
})

t.test('nothing to do is no bar', async (t) => {
  const { written, target } = record(true)
  showProgress(0, target).end()
  t.same(written, [])
})
