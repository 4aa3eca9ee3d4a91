import t from 'tap'
import { openTestUnit } from '../testing/test-unit.ts'
import { notePrefix } from './note-prefix.ts'

t.test('a prefix that is noted already is no change', async (t) => {
  const { unit } = await openTestUnit(t)
  const revision = unit.store.site.revision()
  await notePrefix(unit)
  t.equal(unit.store.site.revision(), revision)
})

t.test('one that never was is noted, and one that is another is told in the audit', async (t) => {
  const { unit } = await openTestUnit(t)
  const revision = unit.store.site.revision()
  const setTo = (prefix: string | null) => unit.store.write(() => unit.store.site.setPrefix(prefix as string))
  await setTo(null)
  await notePrefix(unit)
  t.equal(unit.store.site.find()?.prefix, '2001:470:c844::/48')
  t.equal(unit.store.site.revision(), revision)
  await setTo('2001:470:c844::/47')
  await notePrefix(unit)
  t.equal(unit.store.site.revision(), revision, 'nobody moves')
  await setTo('2001:db8::/48')
  await notePrefix(unit)
  t.equal(unit.store.site.find()?.prefix, '2001:470:c844::/48')
  const [row] = unit.store.audit.list(Number.MAX_SAFE_INTEGER, 1)
  t.match(row, { revision: revision + 1, actor: 'vpnunit', action: 'site.renumber', object: '2001:470:c844::/48' })
  t.match(row?.detail, { from: '2001:db8::/48', gateways: 0 })
})
