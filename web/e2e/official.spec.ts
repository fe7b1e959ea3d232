/**
 * The official web application, unmodified, on Rondel: every page and tab of it opens with data, and what an operator
 * does there works. Any error in the console, failed request or GraphQL answer with errors fails the walk.
 */
import { expect, test, type Page } from '@playwright/test'
import { officialPath, pages, type Launched } from './officialPages'
import { watch } from './problems'
import { startServer, type Server } from './server'

const location = '/locations/__repository__@definitions.py'
const repository = { repositoryLocationName: 'definitions.py', repositoryName: '__repository__' }

let server: Server
let launched: Launched

async function ask<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = (await response.json()) as { data: T; errors?: unknown }
  if (errors) throw new Error(JSON.stringify(errors))
  return data
}

/** Something to look at: a run with steps, one of an asset, a backfill, ticks of a sensor. */
async function seed(): Promise<Launched> {
  await expect
    .poll(
      async () =>
        (
          await ask<{ w: { locationEntries: { loadStatus: string }[] } }>(
            '{ w: workspaceOrError { ... on Workspace { locationEntries { loadStatus } } } }',
          )
        ).w.locationEntries[0]?.loadStatus,
      { timeout: 60_000, intervals: [200] },
    )
    .toBe('LOADED')
  await ask('mutation { setNuxSeen }')
  await ask('mutation($s: SensorSelector!) { startSensor(sensorSelector: $s) { __typename } }', {
    s: { ...repository, sensorName: 'orders' },
  })
  const launch = async (selector: object) =>
    (
      await ask<{ l: { run: { runId: string; pipelineSnapshotId: string } } }>(
        'mutation($p: ExecutionParams!) { l: launchPipelineExecution(executionParams: $p) { ... on LaunchRunSuccess { run { runId pipelineSnapshotId } } } }',
        { p: { selector: { ...repository, ...selector }, mode: 'default', runConfigData: '{}' } },
      )
    ).l.run
  const run = await launch({ pipelineName: 'roast_batch' })
  await launch({
    pipelineName: '__ASSET_JOB',
    assetSelection: [{ path: ['menu'] }],
    assetCheckSelection: null,
  })
  const { b } = await ask<{ b: { backfillId: string } }>(
    'mutation($b: LaunchBackfillParams!) { b: launchPartitionBackfill(backfillParams: $b) { ... on LaunchBackfillSuccess { backfillId } } }',
    { b: { assetSelection: [{ path: ['shop_profile'] }], partitionNames: ['harbour', 'station'] } },
  )
  return { run: run.runId, snapshot: run.pipelineSnapshotId, backfill: b.backfillId }
}

/** Goes to an address as a click on a link does: without loading the application again. */
async function go(page: Page, path: string) {
  await page.evaluate((to) => {
    history.pushState({}, '', to)
    window.dispatchEvent(new PopStateEvent('popstate', { state: {} }))
  }, path)
}

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name })

test.beforeAll(async () => {
  server = await startServer('dagster')
  launched = await seed()
})

test.afterAll(async () => {
  await server?.stop()
})

// One stuck dialog may not take the whole stage's time.
test.use({ actionTimeout: 15_000 })
test.setTimeout(600_000)

test('the official web application opens every page with data, and its actions work', async ({ page }) => {
  const problems = watch(page)
  const body = page.locator('body')
  /** The walk goes on after a failure, so that one walk tells of all. */
  const step = (name: string, act: () => Promise<void>) =>
    test.step(name, async () => {
      try {
        await act()
      } catch (error) {
        problems.list.push(`${name}: ${String(error).split('Call log')[0]}`)
        await page.screenshot({ path: `test-results/official-${name.replace(/\W+/g, '-').slice(0, 50)}.png` })
        await page.keyboard.press('Escape')
      }
    })

  await page.goto(server.url)
  for (const each of pages) {
    const { path, expects } = officialPath(each, launched)
    await step(path, async () => {
      await go(page, path)
      for (const text of expects) await expect(body).toContainText(text, { timeout: 15_000 })
    })
  }

  await step('run', async () => {
    await go(page, `/runs/${launched.run}`)
    await expect(body).toContainText('RUN_SUCCESS', { timeout: 60_000 })
    await expect(body).toContainText(/Succeeded \(3\)/)
    await button(page, 'stdout').click()
    await page.getByPlaceholder('Select a step…').click()
    await page.getByText('roast', { exact: true }).last().click()
    await expect(body).toContainText('crack ... crack ... done')
    await button(page, /View tags and config/).click()
    await expect(page.getByRole('dialog')).toContainText('roastery')
    await page.keyboard.press('Escape')
  })

  await step('materialized asset', async () => {
    await go(page, '/assets/menu?view=events')
    await expect(body).toContainText(/aterialized in run/, { timeout: 60_000 })
    await expect(body).toContainText('flat white')
    await go(page, '/assets/menu?view=overview')
    await expect(body).toContainText('Latest materialization')
    await expect(body).toContainText('flat white')
  })

  await step('launchpad: invalid config, scaffold, launch', async () => {
    await go(page, `${location}/jobs/roast_batch/playground`)
    await expect(body).toContainText('kilograms')
    await expect(body).toContainText('No errors')
    const editor = page.locator('.CodeMirror').first()
    const write = (text: string) =>
      editor.evaluate(
        (node, value) =>
          (node as unknown as { CodeMirror: { setValue(to: string): void } }).CodeMirror.setValue(value),
        text,
      )
    await write('ops:\n  weigh:\n    config:\n      kilograms: many\n')
    await expect(body).toContainText('Invalid scalar')
    await expect(button(page, 'Launch Run')).toBeDisabled()
    await write('{}')
    await expect(body).toContainText('No errors')
    await button(page, 'Scaffold all default config').click()
    await button(page, 'Confirm').click()
    await expect(editor).toContainText('Ethiopia')
    await button(page, 'Launch Run').click()
    await page.waitForURL(/\/runs\/[0-9a-f-]{36}/, { timeout: 30_000 })
    await expect(body).toContainText('Run of roast_batch')
  })

  await step('launchpad: as a run was', async () => {
    await go(page, `${location}/jobs/roast_batch/playground/setup-from-run/${launched.run}`)
    await expect(body).toContainText(`From run ${launched.run.slice(0, 8)}`)
    await expect(body).toContainText('No errors')
  })

  await step('run: execute again', async () => {
    await go(page, `/runs/${launched.run}`)
    await button(page, /^Re-execute all/).click()
    await page.waitForURL((to) => /\/runs\/[0-9a-f-]{36}/.test(to.href) && !to.href.includes(launched.run), {
      timeout: 30_000,
    })
    await expect(body).toContainText('Run of roast_batch')
    await expect(body).toContainText(/RUN_(ENQUEUED|STARTING)/)
  })

  await step('asset: report an event, wipe', async () => {
    await go(page, '/assets/menu?view=events')
    const more = async (item: string | RegExp) => {
      await page
        .locator('button', { hasText: 'Materialize' })
        .first()
        .locator('xpath=following::button[1]')
        .click()
      await page.getByRole('menuitem', { name: item }).click()
    }
    await more('Report materialization event')
    await page.getByRole('dialog').getByRole('button', { name: 'Report event' }).click()
    await expect(body).toContainText(/Your events? (has|have) been reported/, { timeout: 30_000 })
    await more('Wipe materializations')
    const sure = page.getByRole('dialog').filter({ hasText: 'Are you sure' })
    await expect(sure).toContainText('menu')
    await sure.getByRole('button', { name: 'Cancel' }).click()
  })

  await step('backfill dialog of a job', async () => {
    await go(page, `${location}/jobs/daily_sales/partitions`)
    await page.locator('button', { hasText: 'Materialize' }).first().click()
    await expect(page.getByRole('dialog')).toContainText('Partition selection')
    await page.keyboard.press('Escape')
  })

  await step('backfill dialog', async () => {
    await go(page, '/assets/weather?view=partitions')
    await page.locator('button', { hasText: 'Materialize' }).first().click()
    await expect(page.getByRole('dialog')).toContainText('Partition selection')
    await page.keyboard.press('Escape')
  })

  await step('sensor: ticks and dry run', async () => {
    await go(page, `${location}/sensors/orders`)
    await expect(body).toContainText('Roasts what is ordered')
    await expect(body).toContainText(/0 runs? requested/, { timeout: 45_000 })
    await button(page, 'Preview tick result').click()
    await page.getByRole('dialog').getByRole('button').last().click()
    await expect(page.getByRole('dialog')).toContainText('no orders yet', { timeout: 45_000 })
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
  })

  await step('sensor: cursor', async () => {
    await go(page, `${location}/sensors/orders`)
    await button(page, 'Edit').first().click()
    const dialog = page.getByRole('dialog')
    await expect(dialog).toContainText('cursor')
    await dialog.getByRole('textbox').fill('7')
    await dialog.getByRole('button', { name: 'Set cursor value' }).click()
    await expect(body).toContainText('7')
  })

  await step('pool: limit it, look at it, take the limit away', async () => {
    await go(page, '/deployment/concurrency')
    await button(page, 'Add pool limit').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox').first().fill('kiln')
    await dialog.getByRole('textbox').last().fill('3')
    await dialog.getByRole('button', { name: 'Add limit' }).click()
    await expect(page.getByRole('link', { name: 'kiln' })).toBeVisible()
    await go(page, '/deployment/concurrency/kiln')
    await expect(body).toContainText('Pool info')
  })

  await step('code location: load again', async () => {
    await go(page, '/deployment/locations')
    await button(page, 'Reload').first().click()
    await expect(body).toContainText('Loaded', { timeout: 60_000 })
  })

  await step('schedule: switch and ticks', async () => {
    await go(page, `${location}/schedules/nightly`)
    const toggle = page.getByRole('checkbox').first()
    await expect(toggle).not.toBeChecked()
    await toggle.dispatchEvent('click')
    await expect(body).toContainText('Next tick')
    await toggle.dispatchEvent('click')
    await expect(body).not.toContainText('Next tick')
    await go(page, `${location}/schedules/every_minute`)
    await expect(body).toContainText(/\d runs? requested/, { timeout: 70_000 })
    await go(page, `${location}/schedules/every_minute/runs`)
    await expect(body).toContainText('Run history')
  })

  await step('search', async () => {
    await page.keyboard.press('/')
    await page.keyboard.type('newsletter')
    await expect(page.getByRole('link', { name: /newsletter/ }).first()).toBeVisible()
    await page.keyboard.press('Escape')
  })

  await step('settings', async () => {
    await page.getByText('Settings', { exact: true }).click()
    await expect(page.getByRole('dialog')).toContainText(/Theme|Timezone/)
    await page.keyboard.press('Escape')
  })

  await step('backfill ends', async () => {
    await go(page, `/runs/b/${launched.backfill}?tab=runs`)
    await expect(body).toContainText(/partition: (harbour|station)/, { timeout: 60_000 })
  })

  expect(problems.list, `problems on the way\n${server.output()}`).toEqual([])
})
