/** Where a bar is drawn, such as the standard error. */
export type ProgressTarget = { readonly isTTY?: boolean | undefined; write(text: string): unknown }

/** Shows how far long work is. On a terminal a bar that is drawn over; elsewhere nothing, because logs keep every line. */
export type Progress = { advance(by: number): void; end(): void }

const WIDTH = 30

export function showProgress(total: number, target: ProgressTarget): Progress {
  if (target.isTTY !== true || total === 0) return { advance: () => undefined, end: () => undefined }
  let done = 0
  const draw = () => {
    const filled = Math.floor((done / total) * WIDTH)
    target.write(`\r[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${done} of ${total}`)
  }
  draw()
  return {
    advance: (by) => {
      done += by
      draw()
    },
    end: () => {
      target.write('\n')
    },
  }
}
