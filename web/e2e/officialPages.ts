/**
 * The addresses of the official web application on the quickstart, each with words that only its data can put there.
 * Addresses follow the routes of the application, the old ones that it redirects included. `{run}`, `{backfill}` and
 * `{snapshot}` (of the run's job) stand for those that the walk launched; the words name a run by its first digits.
 */
export interface OfficialPage {
  path: string
  expects: (string | RegExp)[]
}

const location = '/locations/__repository__@definitions.py'

export const pages: OfficialPage[] = [
  { path: '/', expects: ['Timeline', 'heartbeat'] },
  { path: '/overview', expects: ['Timeline', 'heartbeat'] },
  { path: '/overview/activity', expects: ['Timeline', 'heartbeat'] },
  { path: '/overview/activity/timeline', expects: ['Timeline', 'Resources', 'heartbeat'] },
  { path: '/overview/activity/timeline?groupBy=automation', expects: ['Automations', 'every_minute'] },
  { path: '/overview/activity/assets', expects: ['Group name', 'reports', 'clean', 'raw'] },
  { path: '/overview/resources', expects: ['tables', 'Tables as JSON files in one folder.'] },
  { path: '/overview/jobs', expects: ['daily_sales', 'heartbeat', 'roast_batch'] },
  { path: '/overview/schedules', expects: ['Search and filter automations', 'nightly'] },
  { path: '/overview/sensors', expects: ['Search and filter automations', 'Standard sensor'] },
  { path: '/overview/automation', expects: ['Search and filter automations', 'nightly'] },
  { path: '/overview/backfills', expects: ['{backfill}', 'shop_profile'] },
  { path: '/jobs', expects: ['daily_sales', 'heartbeat', 'roast_batch'] },
  {
    path: '/automation',
    expects: ['every_minute', 'nightly', 'orders', 'default_automation_condition_sensor', 'At 02:00 AM UTC'],
  },
  {
    path: '/runs',
    expects: [/Queued \(\d+\)/, /In progress \(\d+\)/, 'roast_batch', 'Manually launched', '{backfill}'],
  },
  { path: '/runs?view=runs', expects: ['Show runs within backfills', '{run}', 'roast_batch'] },
  { path: '/runs?view=backfills', expects: ['{backfill}', '2 partitions', 'shop_profile'] },
  {
    path: '/runs?q%5B0%5D=status%3AQUEUED&q%5B1%5D=status%3ANOT_STARTED',
    expects: ['Status is any of', /Queued \(\d+\)/],
  },
  { path: '/runs?q%5B0%5D=status%3AFAILURE', expects: ['Status is'] },
  { path: '/runs?q%5B0%5D=job%3Aroast_batch', expects: ['Job is', '{run}'] },
  { path: '/runs?q%5B0%5D=id%3A{run}', expects: ['{run}', 'roast_batch'] },
  { path: '/runs?q%5B0%5D=tag%3Ateam%3Droastery', expects: ['team', '{run}'] },
  { path: '/runs/{run}', expects: ['Run of roast_batch', 'weigh', 'RUN_START'] },
  { path: '/runs/{run}?selection=%22weigh%22&logs=type%3ASTEP_SUCCESS', expects: ['Run of roast_batch'] },
  { path: '/snapshots/roast_batch@{snapshot}', expects: ['roast_batch', 'weigh', 'kilograms'] },
  { path: '/snapshots/roast_batch@{snapshot}/runs', expects: ['{run}'] },
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
  { path: '/assets/sales?view=automation', expects: ['sales'] },
  {
    path: '/assets/sales?view=checks',
    expects: ['sales_have_revenue', 'non-blocking', 'tills were offline'],
  },
  { path: '/assets/sales?view=lineage', expects: ['receipts', 'revenue_by_day', 'Nearest Neighbors'] },
  { path: '/assets/newsletter?view=automation', expects: ['Evaluation result'] },
  { path: '/assets/shop_profile?view=partitions', expects: ['harbour', 'old_town', 'station'] },
  { path: '/assets/no/such', expects: ['No assets were found'] },
  { path: '/asset-groups', expects: ['Global asset lineage', 'clean', 'reports'] },
  { path: '/asset-groups?asset-selection=group%3Areports', expects: ['Global asset lineage', 'reports'] },
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
  { path: `${location}/ops`, expects: ['No op selected', 'stock_take', 'weigh'] },
  { path: `${location}/ops/weigh`, expects: ['kilograms', 'minutes', 'roast_batch'] },
  { path: `${location}/resources`, expects: ['tables'] },
  { path: `${location}/resources/tables`, expects: ['Configuration', 'folder', 'Uses'] },
  { path: `${location}/resources/tables/uses`, expects: ['Uses'] },
  { path: `${location}/components`, expects: ['Components'] },
  { path: `${location}/components/library`, expects: ['Components'] },
  { path: `${location}/components/catalog`, expects: ['Components'] },
  { path: `${location}/docs`, expects: ['Components'] },
  {
    path: `${location}/jobs/roast_batch`,
    expects: ['Roast one batch', 'weigh', 'kilograms', 'team: roastery'],
  },
  { path: `${location}/pipeline_or_job/roast_batch`, expects: ['Roast one batch', 'weigh'] },
  { path: `${location}/pipelines/roast_batch`, expects: ['Roast one batch', 'weigh'] },
  { path: `${location}/jobs/roast_batch/automation`, expects: ['No evaluations'] },
  { path: `${location}/jobs/roast_batch/runs/{run}`, expects: ['Run of roast_batch', '{run}'] },
  { path: `${location}/jobs/daily_sales/playground`, expects: ['tables', 'Launch Run'] },
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
  { path: '/deployment', expects: ['definitions.py', 'Loaded', 'Reload all'] },
  { path: '/deployment/locations', expects: ['definitions.py', 'Loaded', 'Reload all'] },
  { path: '/health', expects: ['Scheduler', 'Last heartbeat'] },
  { path: '/concurrency', expects: ['Add pool limit'] },
  { path: '/config', expects: ['Dagster version', 'SqliteRunStorage'] },
  {
    path: '/deployment/daemons',
    expects: ['Scheduler', 'Sensors', 'Backfill', 'Run queue', 'Last heartbeat'],
  },
  { path: '/deployment/concurrency', expects: ['Add pool limit'] },
  { path: '/deployment/concurrency/ovens', expects: ['Pool info', 'Granularity'] },
  { path: '/deployment/config', expects: ['Dagster version', 'run_storage', 'SqliteRunStorage'] },
]

/** What the walk launched. */
export interface Launched {
  run: string
  snapshot: string
  backfill: string
}

/** The page with the ids of what the walk launched in their places. */
export function officialPath(page: OfficialPage, { run, snapshot, backfill }: Launched): OfficialPage {
  const fill = (text: string, run: string) =>
    text.replace('{backfill}', backfill).replace('{snapshot}', snapshot).replace('{run}', run)
  return {
    path: fill(page.path, run),
    expects: page.expects.map((text) => (typeof text === 'string' ? fill(text, run.slice(0, 8)) : text)),
  }
}
