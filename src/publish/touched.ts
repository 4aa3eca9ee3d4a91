/** What a change touched, and so what of the files must be rendered again. Nothing else is. */
export type Touched = { gateways: Set<string>; crl: boolean; server: boolean }

export function nothingTouched(): Touched {
  return { gateways: new Set(), crl: false, server: false }
}

export function isNothing(touched: Touched): boolean {
  return touched.gateways.size === 0 && !touched.crl && !touched.server
}

/** Adds `more` to `touched`. */
export function touchAlso(touched: Touched, more: Touched): void {
  for (const gateway of more.gateways) touched.gateways.add(gateway)
  touched.crl ||= more.crl
  touched.server ||= more.server
}
