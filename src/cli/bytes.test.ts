import t from 'tap'
import { formatBytes } from './bytes.ts'

t.test('bytes are shown as people say them, never as 1024 of something', async (t) => {
  for (const [bytes, text] of [
    [0, '0B'],
    [1023, '1023B'],
    [1024, '1.0KiB'],
    [1536, '1.5KiB'],
    [1024 ** 2 - 1, '1.0MiB'],
    [5 * 1024 ** 3, '5.0GiB'],
    [2 ** 40 * 12.34, '12.3TiB'],
    [Number.MAX_SAFE_INTEGER, '8.0PiB'],
  ] as const) {
    t.equal(formatBytes(bytes), text)
  }
})
