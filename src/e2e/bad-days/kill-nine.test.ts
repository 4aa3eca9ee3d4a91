import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { Service } from '../lab/service.ts'
import { temporaryFolder } from '../lab/temporary-folder.ts'
import { type Random, randomOf, readSeed } from './random.ts'
import { missing } from './requirements.ts'
import { differences } from './rows-and-files.ts'
import { launch, startService } from './start.ts'
import { Witness } from './witness.ts'
import { Writer } from './writer.ts'

const ROUNDS = Number(process.env.ROUNDS ?? 5)
const WRITERS = 8

/** A start takes a second, and most of that is before it touches anything. */
const START_MS = 1200

const seed = readSeed()
t.comment(`SEED=${seed} ROUNDS=${ROUNDS}`)
const skip = missing('openssl')

t.test('what was answered survives kill -9, and what was not is there wholly or not at all', { skip }, async (t) => {
  const random = randomOf(seed)
  const folder = temporaryFolder(t)
  const data = join(folder, 'data')
  mkdirSync(join(folder, 'seen'))
  const witness = new Witness(join(folder, 'seen'))
  const writers = Array.from({ length: WRITERS }, (_, n) => new Writer(`w${n}`, randomOf(random.below(2 ** 31))))
  let service = await startService(t, data)
  for (let round = 1; round <= ROUNDS; round++) {
    const answers = await writeUntilKilled(service, writers, witness, random)
    if (random.below(2) === 0) await killWhileStarting(t, data, random)
    service = await startService(t, data)
    const open = await check(t, service, writers, witness)
    t.comment(`round ${round}: ${answers} answers, ${open} open changes were made, CRL ${witness.crlNumber}`)
    if (!t.passing()) return
  }
})

/** Has everybody write, and ends the service as a crash does, after so many answers and a moment more. */
async function writeUntilKilled(service: Service, writers: Writer[], witness: Witness, random: Random) {
  const enough = 20 + random.below(200)
  let answers = 0
  const reached = Promise.withResolvers<void>()
  const told = () => {
    if (++answers === enough) reached.resolve()
  }
  const keep = witness.keep.bind(witness)
  const silent = Promise.all(writers.map((writer) => writer.writeUntilSilent(service, { told, keep })))
  await Promise.race([reached.promise, silent])
  await pause(random.below(20))
  await service.kill9()
  await silent
  return answers
}

async function killWhileStarting(t: Test, data: string, random: Random): Promise<void> {
  const running = launch(t, data)
  await pause(random.below(START_MS))
  await running.kill()
}

/** Returns how many changes that had no answer were made. */
async function check(t: Test, service: Service, writers: Writer[], witness: Witness): Promise<number> {
  const names = writers.map(({ name }) => name)
  const { worlds, faults } = await witness.look(service, names)
  t.same(faults, [], 'audit and revocation list go on where they were')
  t.same(await differences(service), [], 'the files are those of the rows, and no other')
  t.same(await witness.judge(service, worlds.values()), [], 'openssl accepts what is good and refuses what was revoked')
  let made = 0
  for (const writer of writers) {
    const seen = worlds.get(writer.name)
    const outcome = seen && writer.compare(seen)
    if (outcome === 'with what was open') made++
    else if (outcome !== 'as answered') t.fail(`what ${writer.name} was answered is not there`, { outcome, seen })
    t.same(writer.faults, [], `the answers to ${writer.name} were as expected`)
    t.ok(witness.crlNumber >= writer.highestCrl, 'no receipt names a later revocation list')
  }
  return made
}
