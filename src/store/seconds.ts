/** A time as the columns keep it. drizzle converts the values of a column, but not what is compared with one. */
export function toSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1000)
}

/** The time that a column keeps. */
export function toDate(seconds: number): Date {
  return new Date(seconds * 1000)
}
