import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { planOf } from '../domain/plan.ts'
import { parsePrefix } from '../domain/prefix.ts'
import { renderCcd } from './ccd.ts'

const golden = (name: string) => readFileSync(join(import.meta.dirname, 'testdata', name), 'utf8')
const plan = planOf(parsePrefix('2001:470:c844::/48'))
const gateway = { number: 2, slot: 0, enabled: true }

t.test('a gateway’s file pushes its address and the routes, and takes its prefix in', async (t) => {
  t.equal(renderCcd(plan, gateway, [parsePrefix('2000::/3'), parsePrefix('fd00::/8')]), golden('ccd-enabled'))
})

t.test('it pushes no route where there is none to push', async (t) => {
  t.equal(renderCcd(plan, gateway, []), golden('ccd-without-pushed-routes'))
})

t.test('a disabled gateway’s file says nothing but that', async (t) => {
  t.equal(renderCcd(plan, { ...gateway, enabled: false }, [parsePrefix('2000::/3')]), golden('ccd-disabled'))
})
