import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { reasonToSkip } from '../e2e/lab/requirements.ts'
import { agentDecisions } from './agent-decisions.ts'
import { Cfssl } from './cfssl.ts'
import { EasyRsa } from './easy-rsa.ts'
import { eventLoop } from './event-loop.ts'
import { feed } from './feed.ts'
import { growth, keepFew, warmUp } from './growth.ts'
import { issueConcurrently } from './issue-concurrently.ts'
import { issueSequentially } from './issue-sequentially.ts'
import { describeMachine } from './machine.ts'
import { Population } from './population.ts'
import { readList } from './read-list.ts'
import { readOne } from './read-one.ts'
import { revoke } from './revoke.ts'
import { Service } from './service.ts'
import { type Part, readWords, type Sizes } from './sizes.ts'
import { start } from './start.ts'
import { storm } from './storm.ts'
import { formatTable, type Row } from './table.ts'

const LARGE_SITE = '2001:db8::/40'
const SITE = '2001:db8::/48'

const allRows: Row[] = []

function show(title: string, rows: Row[]): void {
  allRows.push(...rows)
  process.stdout.write(`${title}\n\n${formatTable(rows)}\n`)
}

/** Issuing and revoking on a /40, against both peers. */
async function onLargeSite(folder: string, sizes: Sizes): Promise<void> {
  const population = new Population()
  const home = join(folder, 'large')
  const easyRsa = await EasyRsa.create(join(folder, 'easy-rsa'))
  const cfssl = await Cfssl.start(join(folder, 'cfssl'))
  const service = await Service.start(home, LARGE_SITE)
  await population.fill(service.client, sizes.populated)
  const title = `Issuing on a /40 with ${sizes.populated} gateways`
  show(title, await issueSequentially(service, population, { easyRsa, cfssl }, sizes))
  show(`${title}, concurrently`, await issueConcurrently(service, population, cfssl, sizes))
  await cfssl.stop()
  await service.stop()
  show('The event loop', await eventLoop(home, LARGE_SITE, population, sizes))
  const again = await Service.start(home, LARGE_SITE)
  show('Revoking', await revoke(again, population, easyRsa, sizes))
  await again.stop()
}

/** Growing, reading and starting on a /48 that becomes full. */
async function onSite(folder: string, sizes: Sizes): Promise<void> {
  const home = join(folder, 'site')
  const large = { service: await Service.start(home, SITE), population: new Population() }
  const small = { service: await Service.start(join(folder, 'few'), SITE), population: new Population() }
  await large.population.fill(large.service.client, sizes.grown - sizes.warmth)
  for (const installation of [large, small]) await warmUp(installation, sizes.warmth)
  await keepFew(small)
  show('Growing', await growth(large, small, sizes))
  await small.service.stop()
  // The last of them were deleted again.
  large.population.forget(sizes.growth)
  await large.population.fill(large.service.client, sizes.full)
  show('Reading one', await readOne(large.service, large.population, folder, sizes))
  show('Reading all', await readList(large.service, large.population, sizes))
  await large.service.stop()
  show('Starting', await start(home, SITE, large.population.size, sizes))
}

/** What an agent does alone, and what it hears of the service. */
async function onAgent(folder: string, sizes: Sizes): Promise<void> {
  show('Deciding', await agentDecisions(join(folder, 'agent'), sizes))
  const home = join(folder, 'feed')
  const population = new Population()
  const service = await Service.start(home, SITE)
  await population.fill(service.client, sizes.known)
  await service.stop()
  show('The feed', await feed(home, SITE, population.size, sizes))
}

async function inStorm(_folder: string, sizes: Sizes): Promise<void> {
  const reason = reasonToSkip('openvpn', 'ping', 'nft')
  if (reason !== undefined) throw new Error(`a storm can't be measured here: ${reason}`)
  show('A reconnect storm', await storm(sizes, (text) => process.stdout.write(text)))
}

const DOES: Record<Part, (folder: string, sizes: Sizes) => Promise<void>> = {
  service: async (folder, sizes) => {
    await onLargeSite(folder, sizes)
    await onSite(folder, sizes)
  },
  agent: onAgent,
  storm: inStorm,
}

async function main(): Promise<void> {
  const { parts, sizes } = readWords(process.argv.slice(2))
  const folder = mkdtempSync(join(tmpdir(), 'vpnunit-bench-'))
  const startedMs = performance.now()
  // Processes that were started end with this one, and what they wrote goes.
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  try {
    process.stdout.write(`${describeMachine(folder)}\n`)
    for (const part of parts) await DOES[part](folder, sizes)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  const missed = allRows.filter(({ isMet }) => !isMet).map(({ label, goal }) => `- ${label}: ${goal}`)
  process.stdout.write(
    `Everything, ${Math.round((performance.now() - startedMs) / 1000)} s\n\n${formatTable(allRows)}\n`,
  )
  process.stdout.write(missed.length === 0 ? 'Every goal is met.\n' : `Goals missed:\n${missed.join('\n')}\n`)
}

await main()
process.exit()
