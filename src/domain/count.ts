/** A number of things in words: "1 gateway", "2 gateways". */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
