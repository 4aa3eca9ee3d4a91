import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parseGroupName } from '../domain/names.ts'
import { ElementMaker, quotedDevice, renderConnect, renderDisconnect } from './ruleset-elements.ts'
import { ATTIC, BARN, connectedAt, DOME, inputOf } from './testing/ruleset-world.ts'

const golden = (name: string) => readFileSync(join(import.meta.dirname, 'testdata', name), 'utf8')

t.test('a gateway that connects is added, with the chain of its combination of groups', async (t) => {
  t.equal(renderConnect(inputOf('closed', []), connectedAt(BARN, 'tun0')), golden('ruleset-connect.nft'))
})

t.test('one that moves to another device or other groups loses its old elements in the same step', async (t) => {
  const moved = renderConnect(inputOf('closed', [connectedAt(ATTIC, 'tun0')]), connectedAt(ATTIC, 'tun1'))
  t.equal(moved, golden('ruleset-reconnect.nft'))
})

t.test('one that is gone is removed, and may have been gone already', async (t) => {
  t.equal(renderDisconnect(inputOf('closed', []), connectedAt(BARN, 'tun1')), golden('ruleset-disconnect.nft'))
})

t.test('a gateway without groups, or in such as have no rules here, has no rules', async (t) => {
  const maker = new ElementMaker(inputOf('closed', []))
  const key = '2001:470:c844:5f0::'
  const bare = { onlink: `"tun0" . ${key}`, self: `${key} . ${key}`, from: undefined, to: undefined }
  t.strictSame(maker.elementsOf(connectedAt(DOME, 'tun0')), bare)
  t.strictSame(maker.elementsOf({ ...connectedAt(DOME, 'tun0'), groups: [parseGroupName('gone')] }), bare)
})

t.test('a device is quoted, and nothing else is', async (t) => {
  t.equal(quotedDevice('tun0'), '"tun0"')
  t.throws(() => quotedDevice('tun0" . ::'), /is no tunnel’s device/)
})
