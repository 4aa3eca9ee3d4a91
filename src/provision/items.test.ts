import t from 'tap'
import { Problem } from '../domain/problem.ts'
import { forEachItem } from './items.ts'

const refuse = (words: string) => {
  throw new Problem('bad-name', words)
}

t.test('what was made of each item comes back in order, with its place', async (t) => {
  t.same(
    forEachItem(['a', 'b'], (item, index) => `${item}${index}`),
    ['a0', 'b1'],
  )
  t.same(
    forEachItem([], () => 1),
    [],
  )
})

t.test('every item is tried, and all that can’t be are told by their place', async (t) => {
  const tried: number[] = []
  const all = () =>
    forEachItem(['good', 'bad', 'good', 'worse'], (item, index) => {
      tried.push(index)
      return item === 'good' ? item : refuse(`${item} is no name`)
    })
  t.throws(all, {
    name: 'Problem',
    code: 'items-refused',
    message: 'Nothing was created, because of item 2 of 4 and 1 more: bad is no name',
    extras: {
      errors: [
        { field: '/1', message: 'bad is no name' },
        { field: '/3', message: 'worse is no name' },
      ],
    },
  })
  t.same(tried, [0, 1, 2, 3])
})

t.test('what is no refusal is a bug, and is not caught', async (t) => {
  const bug = new TypeError('oops')
  t.throws(
    () =>
      forEachItem([1, 2], () => {
        throw bug
      }),
    bug,
  )
})
