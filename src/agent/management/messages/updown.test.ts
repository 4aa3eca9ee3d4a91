import t from 'tap'
import { ManagementEnv } from '../env.ts'
import { openUpdown } from './updown.ts'

t.test('the device goes up or down', async (t) => {
  const env = new ManagementEnv(['dev=tun0'])
  t.match(openUpdown('UP')?.complete(env), { type: 'UPDOWN:UP', env })
  t.match(openUpdown('DOWN')?.complete(env), { type: 'UPDOWN:DOWN' })
  for (const text of ['', 'up', 'UP,', 'ENV,x=y']) t.equal(openUpdown(text), undefined, text)
})
