import { watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { temporaryFolder } from '../lab/temporary-folder.ts'
import { verify } from './openssl.ts'
import { type Random, randomOf, readSeed } from './random.ts'
import { missing } from './requirements.ts'
import { differences } from './rows-and-files.ts'
import { launch, startService } from './start.ts'

const seed = readSeed()
t.comment(`SEED=${seed}`)
const skip = missing('openssl')

t.test('a first start that was killed at any moment is repeated, and leaves nothing behind', { skip }, async (t) => {
  const random = randomOf(seed)
  for (let attempt = 0; attempt < 2; attempt++) {
    const folder = temporaryFolder(t)
    const data = join(folder, 'data')
    for (let kills = 0; kills < 2; kills++) await killAtFirstFiles(t, folder, random)
    const service = await startService(t, data)
    t.same(await differences(service), [], 'the files are those of the rows, and no other')
    t.same((await service.request('GET', '/health')).body, { status: 'ok', warnings: [] })
    const server = join(data, 'ovpn/server.crt')
    t.same([...(await verify(data, [server]))], [[server, 'OK']], 'the server has a certificate of the authority')
    await service.stop()
  }
})

/** The files of a first start are made within some tenths of a second, after the data directory itself. */
async function killAtFirstFiles(t: Test, folder: string, random: Random): Promise<void> {
  const touched = Promise.withResolvers<void>()
  const watcher = watch(folder, { recursive: true }, () => touched.resolve())
  const running = launch(t, join(folder, 'data'))
  await touched.promise
  watcher.close()
  await pause(random.below(150))
  await running.kill()
}

t.test('a start sweeps away what a crash left half written, in every folder', async (t) => {
  const data = join(temporaryFolder(t), 'data')
  await (await startService(t, data)).stop()
  for (const folder of ['.', 'pki', 'pki/private', 'ovpn', 'ovpn/clients', 'ip']) {
    writeFileSync(join(data, folder, '.vpnunit-0123456789ab.tmp'), 'half a fi')
  }
  t.same(await differences(await startService(t, data)), [])
})
