/** Times and durations as text. Everything takes `now` so that it can be tested; input is seconds unless it says ms. */

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
})
const minutes = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hour12: false })
const dayAndClock = new Intl.DateTimeFormat(undefined, {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
})
const full = new Intl.DateTimeFormat(undefined, {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
})

export function sameDay(a: Date, b: Date): boolean {
  return a.toDateString() === b.toDateString()
}

/** Local time, as short as it can be without being ambiguous today. */
export function localTime(seconds: number, now = Date.now()): string {
  const date = new Date(seconds * 1000)
  const today = new Date(now)
  if (sameDay(date, today)) return clock.format(date)
  return date.getFullYear() === today.getFullYear() ? dayAndClock.format(date) : full.format(date)
}

/** Hours and minutes, for axes. */
export function axisTime(seconds: number): string {
  return minutes.format(new Date(seconds * 1000))
}

export function utcTime(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().replace('T', ' ').slice(0, 19)} UTC`
}

/** `14:03:22.118`, for event lists. */
export function clockMillis(ms: number): string {
  const date = new Date(ms)
  return `${clock.format(date)}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

/** 0.43s, 12s, 3m 04s, 2h 05m, 3d 4h */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–'
  const total = Math.max(0, seconds)
  if (total < 10) return `${total.toFixed(total < 1 ? 2 : 1)}s`
  const whole = Math.round(total)
  if (whole < 60) return `${whole}s`
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${String(whole % 60).padStart(2, '0')}s`
  if (whole < 86_400)
    return `${Math.floor(whole / 3600)}h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')}m`
  return `${Math.floor(whole / 86_400)}d ${Math.floor((whole % 86_400) / 3600)}h`
}

/** "just now", "4 min ago", "in 2 h" */
export function relative(seconds: number, now = Date.now()): string {
  const delta = now / 1000 - seconds
  const size = Math.abs(delta)
  if (size < 5) return delta >= 0 ? 'just now' : 'in a moment'
  const text =
    size < 60
      ? `${Math.round(size)} s`
      : size < 3600
        ? `${Math.round(size / 60)} min`
        : size < 86_400
          ? `${Math.round(size / 3600)} h`
          : `${Math.round(size / 86_400)} d`
  return delta >= 0 ? `${text} ago` : `in ${text}`
}
