import type { StatusView } from '../http/status.ts'
import type { Call } from './command.ts'

/** Who is connected is told by agents. */
export const NOT_KNOWN = 'not known: no agent has reported (static mode)'

/** Whether no agent has ever reported. It is asked for where an answer says that nobody is connected, and is read by people. */
export async function isStaticMode({ api, switches }: Pick<Call, 'api' | 'switches'>): Promise<boolean> {
  if (switches.has('json')) return false
  return (await api.json<StatusView>('GET', '/status')).mode === 'static'
}
