const UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** A number of bytes for people, in one word: scripts count words, and take the exact number from the JSON. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes}B`
  let value = bytes / 1024
  let unit = 0
  // What would be rounded up to 1024.0 is one of the next.
  while (value >= 1023.95 && unit < UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${value.toFixed(1)}${UNITS[unit]}`
}
