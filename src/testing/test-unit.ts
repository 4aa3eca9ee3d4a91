import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import type { Test } from 'tap'
import { readConfig } from '../config.ts'
import { DAY_MS } from '../domain/lifetime.ts'
import type { Api } from '../http/api.ts'
import { openUnit } from '../serve/open-unit.ts'
import type { Unit } from '../unit.ts'

/** A clock that stands still until it is moved. */
export type TestClock = { now: () => Date; advanceDays: (days: number) => void; set: (time: Date) => void }

export type TestUnit = {
  unit: Unit
  clock: TestClock
  folder: string
  /** What was logged, one parsed line each. */
  logged: Record<string, unknown>[]
  /** Closes it before the test ends, as a stop of the service would. */
  close: () => Promise<void>
}

/** The token of every test's administrator. */
export const TOKEN = 'the-token-of-the-tests'

/** When every test begins. */
export const START = new Date('2026-03-01T12:00:00Z')

export function testClock(start = START): TestClock {
  let time = start
  return {
    now: () => time,
    advanceDays: (days) => {
      time = new Date(time.getTime() + days * DAY_MS)
    },
    set: (to) => {
      time = to
    },
  }
}

/**
 * A folder that goes with the test, after whatever was opened in it later is closed. In memory where there is such a
 * place: thousands of fsyncs are what these tests would otherwise wait for.
 */
function temporaryFolder(t: Test): string {
  const memory = '/dev/shm'
  const folder = mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), 'vpnunit-'))
  // As open as an administrator's would be, or health would complain.
  chmodSync(folder, 0o755)
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/**
 * A whole unit on a data directory of its own: the real store, authority, templates and files, only the clock is ours.
 * Opening the same folder again is a restart.
 */
export async function openTestUnit(
  t: Test,
  env: Record<string, string> = {},
  { folder = join(temporaryFolder(t), 'data'), clock = testClock() } = {},
): Promise<TestUnit> {
  const logged: Record<string, unknown>[] = []
  const log = pino({ base: null }, { write: (line: string) => void logged.push(JSON.parse(line)) })
  const config = readConfig({ VPNUNIT_DATA: folder, VPNUNIT_ADMIN_TOKEN: TOKEN, ...env })
  const { unit, close } = await openUnit(config, log, clock.now)
  let isOpen = true
  const closeOnce = async () => {
    if (isOpen) {
      isOpen = false
      await close()
    }
  }
  t.teardown(closeOnce)
  return { unit, clock, folder, logged, close: closeOnce }
}

/** What came back from the API. `body` is parsed when it is JSON. */
export type Answer = { status: number; headers: Record<string, unknown>; text: string; body: never }

export type Ask = (method: string, url: string, payload?: unknown, headers?: Record<string, string>) => Promise<Answer>

export type TestApp = TestUnit & { api: Api; ask: Ask }

/** The API on a unit of its own, asked without a socket, as its administrator. */
export async function openTestApp(t: Test, env: Record<string, string> = {}): Promise<TestApp> {
  const opened = await openTestUnit(t, env)
  // Fastify costs half a second, and most units need none.
  const { buildApp } = await import('../app.ts')
  const api = await buildApp(opened.unit)
  return { ...opened, api, ask: askAs(api, TOKEN) }
}

/** Asks with a token, or without one. */
export function askAs(api: Api, token: string | undefined): Ask {
  return async (method, url, payload, headers = {}) => {
    const response = await api.inject({
      method: method as 'GET',
      url,
      ...(payload === undefined ? {} : { payload: payload as object }),
      headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
    })
    const isJson = String(response.headers['content-type'] ?? '').includes('json')
    const body = (isJson && response.payload !== '' ? response.json() : undefined) as never
    return { status: response.statusCode, headers: response.headers, text: response.payload, body }
  }
}
