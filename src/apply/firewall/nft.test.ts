import t from 'tap'
import { addNamespace } from '../../e2e/lab/namespaces.ts'
import { reasonToSkip } from '../../e2e/lab/requirements.ts'
import { openNft } from './nft.ts'

const skip = reasonToSkip('nft') ?? false

t.test('what the kernel would not take is said in nft’s words', { skip }, async (t) => {
  const nft = openNft()
  await nft?.check('table inet vpnunit_probe { }\n')
  await t.rejects(nft?.check('table inet vpnunit_probe { chain x { nonsense } }\n') ?? Promise.resolve(), {
    message: /^nft does not do its work: .*syntax error/,
  })
})

t.test('where there is no table there is none', { skip }, async (t) => {
  await addNamespace(t, 'nft')
  t.equal(await openNft()?.list(), undefined)
})
