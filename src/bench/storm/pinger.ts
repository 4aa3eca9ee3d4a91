import type { Namespace } from '../../e2e/lab/namespaces.ts'
import { Running } from '../../e2e/lab/process.ts'
import type { Owner } from '../../e2e/lab/undo.ts'

const INTERVAL_S = 0.02

/** One echo: when it was sent, in milliseconds by the clock of the machine, and how long it took. */
export type Echo = { sentMs: number; rttMs: number }

const REPLY = /^\[(\d+\.\d+)\].* icmp_seq=(\d+) .*time=([\d.]+) ms/gm

/** Pings an address again and again, whether it answers or not. */
export class Pinger {
  readonly #running: Running

  private constructor(running: Running) {
    this.#running = running
  }

  static async start(owner: Owner, namespace: Namespace, address: string): Promise<Pinger> {
    const args = ['-6', '-n', '-D', '-i', String(INTERVAL_S), address]
    const running = Running.start(owner, 'ping', args, { namespace })
    await running.waitFor(/icmp_seq=\d+ .*time=/, 30_000)
    return new Pinger(running)
  }

  /** The echoes sent in a time that is over, and how many of them were not answered yet. */
  between(fromMs: number, toMs: number): { echoes: Echo[]; lost: number } {
    const all = Array.from(this.#running.output.matchAll(REPLY), ([, at, sequence, rtt]) => {
      return { sentMs: Number(at) * 1000 - Number(rtt), rttMs: Number(rtt), sequence: Number(sequence) }
    })
    const echoes = all.filter(({ sentMs }) => sentMs >= fromMs && sentMs <= toMs)
    const sequences = echoes.map(({ sequence }) => sequence)
    const sent = sequences.length === 0 ? 0 : Math.max(...sequences) - Math.min(...sequences) + 1
    return { echoes, lost: sent - echoes.length }
  }
}
