/**
 * The addresses of the official web application on the quickstart, each with words that only its data can put there.
 * Addresses follow the routes of the application; `{run}` and `{backfill}` stand for those that the walk launched.
 */
export interface OfficialPage {
  path: string
  expects: (string | RegExp)[]
}

const location = '/locations/__repository__@definitions.py'

export const pages: OfficialPage[] = [
  { path: '/overview/activity/timeline', expects: ['Timeline', 'Resources', 'heartbeat'] },
  { path: '/overview/activity/assets', expects: ['Group name', 'reports', 'clean', 'raw'] },
  { path: '/overview/resources', expects: ['tables', 'Tables as JSON files in one folder.'] },
  { path: '/jobs', expects: ['daily_sales', 'heartbeat', 'roast_batch'] },
  {
    path: '/automation',
    expects: ['every_minute', 'nightly', 'orders', 'default_automation_condition_sensor', 'At 02:00 AM UTC'],
  },
  {
    path: '/runs',
    expects: [/Queued \(\d+\)/, /In progress \(\d+\)/, 'roast_batch', 'Manually launched', '{backfill}'],
  },
  { path: '/runs?view=backfills', expects: ['{backfill}', '2 partitions', 'shop_profile'] },
  {
    path: '/runs?q%5B0%5D=status%3AQUEUED&q%5B1%5D=status%3ANOT_STARTED',
    expects: ['Status is any of', /Queued \(\d+\)/],
  },
  { path: '/runs?q%5B0%5D=status%3AFAILURE', expects: ['Status is'] },
  { path: '/runs?q%5B0%5D=job%3Aroast_batch', expects: ['Job is', '{run}'] },
  { path: '/runs/b/{backfill}', expects: ['Partition selection', 'shop_profile', '2'] },
  { path: '/runs/b/{backfill}?tab=runs', expects: ['Filter', 'Launched by'] },
  { path: '/runs/b/{backfill}?tab=timeline', expects: ['{backfill}'] },
  { path: '/assets', expects: ['bestsellers', 'What sells best.', 'weather', 'reports'] },
  {
    path: '/assets/sales?view=overview',
    expects: ['Receipts with typos mended', 'daily_sales', 'At 02:00 AM UTC'],
  },
  {
    path: '/assets/sales?view=partitions',
    expects: [/Materialized \(\d+\)/, /Missing \(\d+\)/, '2026-01-01'],
  },
  { path: '/assets/sales?view=events', expects: ['Filter'] },
  {
    path: '/assets/sales?view=checks',
    expects: ['sales_have_revenue', 'non-blocking', 'tills were offline'],
  },
  { path: '/assets/sales?view=lineage', expects: ['receipts', 'revenue_by_day', 'Nearest Neighbors'] },
  { path: '/assets/newsletter?view=automation', expects: ['Evaluation result'] },
  { path: '/assets/shop_profile?view=partitions', expects: ['harbour', 'old_town', 'station'] },
  { path: '/asset-groups', expects: ['Global asset lineage', 'clean', 'reports'] },
  { path: `${location}/asset-groups/reports`, expects: ['newsletter', 'bestsellers'] },
  { path: `${location}/asset-groups/reports/list`, expects: ['newsletter', 'revenue_by_shop'] },
  { path: location, expects: ['Loaded', 'dagster-shared', 'python_file'] },
  { path: `${location}/definitions`, expects: ['clean', 'raw', '4 assets'] },
  { path: `${location}/assets`, expects: ['reports', '4 assets'] },
  { path: `${location}/jobs`, expects: ['daily_sales', 'roast_batch'] },
  { path: `${location}/schedules`, expects: ['every_minute', 'nightly'] },
  { path: `${location}/sensors`, expects: ['orders', 'default_automation_condition_sensor'] },
  { path: `${location}/graphs`, expects: ['roast_batch', 'heartbeat'] },
  { path: `${location}/graphs/roast_batch`, expects: ['weigh', 'roast', 'bag', 'Graph in'] },
  { path: `${location}/ops/weigh`, expects: ['kilograms', 'minutes', 'roast_batch'] },
  { path: `${location}/resources`, expects: ['tables'] },
  { path: `${location}/resources/tables`, expects: ['Configuration', 'folder', 'Uses'] },
  { path: `${location}/resources/tables/uses`, expects: ['Uses'] },
  { path: `${location}/components`, expects: ['Components'] },
  {
    path: `${location}/jobs/roast_batch`,
    expects: ['Roast one batch', 'weigh', 'kilograms', 'team: roastery'],
  },
  { path: `${location}/jobs/roast_batch/runs`, expects: ['job:roast_batch', '{run}'] },
  { path: `${location}/jobs/daily_sales`, expects: ["One day's sales", 'View 3 assets'] },
  {
    path: `${location}/jobs/daily_sales/partitions`,
    expects: ['Total partitions', 'Missing partitions', 'Backfill history'],
  },
  { path: '/guess/heartbeat', expects: ['stock_take'] },
  {
    path: `${location}/schedules/nightly`,
    expects: ['At 02:00 AM UTC', 'daily_sales', 'Schedule has never run'],
  },
  { path: `${location}/schedules/every_minute/runs`, expects: ['Every minute', '* * * * *'] },
  { path: `${location}/sensors/default_automation_condition_sensor`, expects: ['Evaluations', 'Frequency'] },
  { path: '/locations', expects: ['definitions.py', 'Loaded', 'Reload all'] },
  {
    path: '/deployment/daemons',
    expects: ['Scheduler', 'Sensors', 'Backfill', 'Run queue', 'Last heartbeat'],
  },
  { path: '/deployment/concurrency', expects: ['Add pool limit'] },
  { path: '/deployment/concurrency/ovens', expects: ['Pool info', 'Granularity'] },
  { path: '/deployment/config', expects: ['Dagster version', 'run_storage', 'SqliteRunStorage'] },
]

/** The page with the ids of what the walk launched in their places. */
export function officialPath(page: OfficialPage, launched: { run: string; backfill: string }): OfficialPage {
  const fill = (text: string) =>
    text.replace('{backfill}', launched.backfill).replace('{run}', launched.run.slice(0, 8))
  return {
    path: fill(page.path),
    expects: page.expects.map((text) => (typeof text === 'string' ? fill(text) : text)),
  }
}
