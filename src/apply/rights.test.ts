import t from 'tap'
import { mayChangeRoutes } from './rights.ts'

const status = (effective: string) => `Name:\tnode\nCapInh:\t0000000000000000\nCapEff:\t${effective}\nSeccomp:\t0\n`

t.test('the right is CAP_NET_ADMIN, whoever has it', async (t) => {
  t.ok(mayChangeRoutes(status('000001ffffffffff')), 'root')
  t.ok(mayChangeRoutes(status('0000000000001000')), 'this one alone')
  t.notOk(mayChangeRoutes(status('0000000000000000')), 'nobody')
  t.notOk(mayChangeRoutes(status('00000000a80425fb')), 'root in a container')
  t.notOk(mayChangeRoutes(''), 'no word of it')
})
