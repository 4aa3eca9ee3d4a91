import t from 'tap'
import { isSameSet, parseListing } from './listing.ts'

/** As nft 1.0.6 prints it. */
const TEXT = `table inet vpnunit {
	set onlink {
		type ifname . ipv6_addr
		elements = { "tun0" . 2001:470:c844:200::,
			     "tun1" . 2001:470:c844:300:: }
	}

	map from {
		type ipv6_addr : verdict
		elements = { 2001:470:c844:200:: : jump group_ops_from }
	}

	map to {
		type ipv6_addr : verdict
	}

	chain forward {
		type filter hook forward priority filter; policy accept;
		ct state established,related accept
	}
}
`

t.test('elements are told apart from all the rest', async (t) => {
  const { structure, elements } = parseListing(TEXT)
  t.same(elements.get('onlink'), new Set(['"tun0" . 2001:470:c844:200::', '"tun1" . 2001:470:c844:300::']))
  t.same(elements.get('from'), new Set(['2001:470:c844:200:: : jump group_ops_from']))
  t.same(elements.get('to'), new Set())
  t.notMatch(structure, '2001:')
  t.match(structure, 'chain forward {')
})

t.test('the order of elements is nothing, a rule or a chain more is something', async (t) => {
  const swapped = TEXT.replace(/\{ ("tun0"[^,]*),\s+("tun1".*) \}/, '{ $2,\n\t\t\t     $1 }')
  t.not(swapped, TEXT)
  const [one, other] = [parseListing(TEXT), parseListing(swapped)]
  t.equal(one.structure, other.structure)
  t.ok(isSameSet(one.elements.get('onlink'), other.elements.get('onlink')))
  t.not(parseListing(TEXT.replace('ct state established,related accept', 'accept')).structure, one.structure)
  t.not(parseListing(TEXT.replace('chain forward', 'chain backward')).structure, one.structure)
})

t.test('no table has nothing in it', async (t) => {
  t.same(parseListing(''), { structure: '', elements: new Map() })
  t.ok(isSameSet(undefined, new Set()))
  t.notOk(isSameSet(new Set(['a']), new Set(['b'])))
})
