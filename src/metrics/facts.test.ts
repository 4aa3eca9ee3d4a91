import { Registry } from 'prom-client'
import t from 'tap'
import { type Fact, openFacts, type Reading } from './facts.ts'
import { samplesOf, typesOf } from './testing/samples.ts'

type Source = { size: number | undefined; done: number; byColour: Record<string, number> | undefined }

const FACTS: readonly Fact<Source>[] = [
  { name: 'box_size_bytes', help: 'Size.', read: ({ size }) => size },
  { name: 'box_done_total', help: 'Done.', read: ({ done }) => done },
  { name: 'box_balls', help: 'Balls.', label: 'colour', read: ({ byColour }): Reading => byColour },
]

const FULL: Source = { size: 2.5, done: 7, byColour: { red: 1, blue: 0 } }

function open() {
  const registry = new Registry()
  const facts = openFacts(registry, FACTS)
  return { facts, text: () => registry.metrics(), samples: async () => samplesOf(await registry.metrics()) }
}

t.test('a fact is a value, or one for each value of its label', async (t) => {
  const { facts, samples } = open()
  facts.show(FULL)
  t.strictSame(
    await samples(),
    new Map([
      ['box_size_bytes', 2.5],
      ['box_done_total', 7],
      ['box_balls{colour="red"}', 1],
      ['box_balls{colour="blue"}', 0],
    ]),
  )
})

t.test('what its name ends in says whether it only grows', async (t) => {
  const { text } = open()
  t.strictSame(
    typesOf(await text()),
    new Map([
      ['box_size_bytes', 'gauge'],
      ['box_done_total', 'counter'],
      ['box_balls', 'gauge'],
    ]),
  )
})

t.test('a second reading replaces the first, whatever was in it', async (t) => {
  const { facts, samples } = open()
  facts.show(FULL)
  facts.show({ size: 0, done: 8, byColour: { green: 4 } })
  t.strictSame(
    await samples(),
    new Map([
      ['box_size_bytes', 0],
      ['box_done_total', 8],
      ['box_balls{colour="green"}', 4],
    ]),
  )
})

t.test('where there is nothing to measure there is no sample, and no zero either', async (t) => {
  const { facts, samples } = open()
  facts.show(FULL)
  facts.show({ size: undefined, done: 7, byColour: undefined })
  t.strictSame(await samples(), new Map([['box_done_total', 7]]))
})

t.test('what is hidden is left out until it is shown again', async (t) => {
  const { facts, samples } = open()
  facts.show(FULL)
  facts.hide()
  t.equal((await samples()).size, 0)
  facts.show(FULL)
  t.equal((await samples()).size, 4)
})
