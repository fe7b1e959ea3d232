import type { InstigationTickStatus } from '../graphql/generated/graphql'
import type { DiscKind } from '../ui/StatusDisc'

export const tickLook: Record<InstigationTickStatus, { disc: DiscKind; label: string }> = {
  STARTED: { disc: 'running', label: 'Running' },
  SKIPPED: { disc: 'skipped', label: 'Skipped' },
  SUCCESS: { disc: 'success', label: 'Requested' },
  FAILURE: { disc: 'failure', label: 'Failed' },
}

/** A cron string in words for the common shapes; anything else is shown as it is. */
export function cronText(cron: string): string {
  const fields = cron.trim().split(/\s+/)
  if (cron === '@daily') return 'every day at 00:00'
  if (cron === '@hourly') return 'every hour'
  if (cron.startsWith('@') || fields.length !== 5) return cron
  const [minute, hour, day, month, weekday] = fields as [string, string, string, string, string]
  const plain = (text: string) => /^\d+$/.test(text)
  const at = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`
  if (month !== '*') return cron
  if (hour === '*' && day === '*' && weekday === '*') {
    if (minute === '*') return 'every minute'
    if (/^\*\/\d+$/.test(minute)) return `every ${minute.slice(2)} minutes`
    return plain(minute)
      ? minute === '0'
        ? 'every hour'
        : `every hour at :${minute.padStart(2, '0')}`
      : cron
  }
  if (!plain(minute)) return cron
  if (/^\*\/\d+$/.test(hour) && day === '*' && weekday === '*')
    return `every ${hour.slice(2)} hours at :${minute.padStart(2, '0')}`
  if (!plain(hour)) return cron
  if (day === '*' && weekday === '*') return `every day at ${at}`
  const names = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
  if (day === '*' && plain(weekday) && names[Number(weekday)])
    return `every ${names[Number(weekday)]} at ${at}`
  if (day === '*' && weekday === '1-5') return `every weekday at ${at}`
  if (plain(day) && weekday === '*') return `every month on day ${day} at ${at}`
  return cron
}
