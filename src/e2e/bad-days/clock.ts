import { existsSync } from 'node:fs'
import { arch } from 'node:process'
import type { Environment } from './start.ts'

/** Debian's libfaketime for programs with threads; the program `faketime` itself would stand between us and the process. */
const LIBRARY = `/usr/lib/${arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/faketime/libfaketimeMT.so.1`

/** For tap's `skip`: why a process can't be given another clock here, or false. */
export const noOtherClock = !existsSync(LIBRARY) && `not installed: faketime (${LIBRARY})`

/** A clock that is so many days ahead, or behind; timers go on as they are. */
export function daysAhead(days: number): Environment {
  return { LD_PRELOAD: LIBRARY, FAKETIME: `${days < 0 ? '' : '+'}${days}d`, FAKETIME_DONT_FAKE_MONOTONIC: '1' }
}

/** A clock that is as far ahead as the file says when it is looked at, such as "+730d"; timers go with it. */
export function asTold(file: string): Environment {
  return { LD_PRELOAD: LIBRARY, FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: '1' }
}

/** A clock that runs so many times as fast, timers with it. */
export function timesAsFast(factor: number): Environment {
  return { LD_PRELOAD: LIBRARY, FAKETIME: `+0 x${factor}` }
}
