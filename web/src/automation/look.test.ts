import { expect, it } from 'vitest'
import { cronText } from './look'

it.each([
  ['* * * * *', 'every minute'],
  ['*/5 * * * *', 'every 5 minutes'],
  ['0 * * * *', 'every hour'],
  ['15 * * * *', 'every hour at :15'],
  ['0 6 * * *', 'every day at 06:00'],
  ['30 9 * * 1', 'every Monday at 09:30'],
  ['30 9 * * 1-5', 'every weekday at 09:30'],
  ['0 0 1 * *', 'every month on day 1 at 00:00'],
  ['0 0,12 * * *', '0 0,12 * * *'],
  ['0 0 1 1 *', '0 0 1 1 *'],
])('says %s as "%s"', (cron, text) => expect(cronText(cron)).toBe(text))
