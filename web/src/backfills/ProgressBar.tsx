import type { Progress } from './status'

/** Partitions by what became of them, as one bar with its count beside it. */
export function ProgressBar({ progress, wide }: { progress: Progress; wide?: boolean }) {
  const { done, failed, running, waiting, total } = progress
  const text = `${done} done, ${failed} failed, ${running} running, ${waiting} waiting`
  return (
    <div className="row" title={text}>
      <span className={wide ? 'bf-bar bf-bar-wide' : 'bf-bar'} role="img" aria-label={text}>
        <span style={{ flexGrow: done, background: 'var(--success)' }} />
        <span style={{ flexGrow: failed, background: 'var(--failure)' }} />
        <span style={{ flexGrow: running, background: 'var(--running)' }} />
        <span style={{ flexGrow: waiting }} />
      </span>
      <span className="soft nowrap">
        {(done + failed).toLocaleString()} / {total.toLocaleString()}
      </span>
    </div>
  )
}
