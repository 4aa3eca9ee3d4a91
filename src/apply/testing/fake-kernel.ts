import type { Kernel } from '../kernel.ts'
import type { Route } from '../route-steps.ts'

/** A kernel for what a real one can't be made to do; it takes the lines that a real one was seen to take. */
export class FakeKernel implements Kernel {
  routes: Route[] = []
  devices = new Set(['tun0', 'tun1'])
  /** What it is asked for from now on fails with this. */
  fault: Error | undefined
  /** What it does with no line. */
  refuses: RegExp | undefined
  /** Every batch it was given. */
  readonly batches: (readonly string[])[] = []

  async readRoutes(): Promise<Route[]> {
    if (this.fault) throw this.fault
    return [...this.routes]
  }

  async readDevices(): Promise<Set<string>> {
    return new Set(this.devices)
  }

  async change(steps: readonly string[]): Promise<string> {
    this.batches.push(steps)
    return steps.map((step) => this.#perform(step)).join('')
  }

  #perform(step: string): string {
    if (this.refuses?.test(step)) return 'RTNETLINK answers: Operation not permitted\nCommand failed -:1\n'
    const [, verb, type, prefix = '', device, metric] =
      /^route (\w+) (unreachable )?(\S+)(?: dev (\S+))? proto 119 metric (\d+)$/.exec(step) ?? []
    if (verb === undefined) throw new Error(`no line of ours: ${step}`)
    const route = { prefix, metric: Number(metric), via: type ? 'unreachable' : `dev ${device}` }
    const isIt = (one: Route) =>
      one.prefix === prefix && one.metric === route.metric && (device === undefined || one.via === route.via)
    const at = this.routes.findIndex(isIt)
    if (verb !== 'del') this.routes.push(route)
    else if (at >= 0) this.routes.splice(at, 1)
    return ''
  }
}
