/** A walk through the UI as a new user would take it. Any error in the browser's console fails it. */
import process from 'node:process'
import { expect, test, type Page } from '@playwright/test'
import { startServer, type Server } from './server'

const assetName = process.env.RONDEL_E2E_ASSET ?? 'menu'

let server: Server
const problems: string[] = []

test.beforeAll(async () => {
  server = await startServer()
})

test.afterAll(async () => {
  await server?.stop()
})

function watch(page: Page) {
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`${page.url()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => problems.push(`${page.url()}: ${error.message}`))
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`)
  })
}

async function shot(page: Page, name: string) {
  await page.screenshot({ path: `test-results/walk-${name}.png` })
}

const nav = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name })

test('a new user finds their way from the overview to a materialized asset and back', async ({ page }) => {
  watch(page)

  await test.step('the overview shows that the code is loaded', async () => {
    await page.goto(server.url)
    await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible()
    await expect(page.getByText('loaded', { exact: true }).first()).toBeVisible({ timeout: 60_000 })
    await shot(page, 'overview')
  })

  await test.step('an asset is found and materialized', async () => {
    await nav(page, 'Assets').click()
    await page.getByRole('searchbox', { name: 'Search assets' }).fill(assetName)
    await page.getByRole('link', { name: assetName, exact: true }).click()
    await expect(page.getByRole('heading', { name: assetName, exact: true })).toBeVisible()
    await page.getByRole('button', { name: 'Materialize', exact: true }).click()
    await page.getByRole('button', { name: 'Launch run' }).click()
    await page.waitForURL(/\/runs\/[0-9a-f-]{36}/)
  })

  await test.step('its run page shows events as they happen, and success', async () => {
    await expect(page.getByRole('log')).toContainText(/RUN_START|STEP_/, { timeout: 240_000 })
    await expect(page.locator('.page-meta .tag').first()).toHaveText('Success', { timeout: 300_000 })
    await page.getByRole('searchbox', { name: 'Search events' }).fill('materialization')
    await expect(page.getByRole('log')).toContainText('ASSET_MATERIALIZATION')
    await shot(page, 'run')
  })

  await test.step('captured output is readable', async () => {
    await page.getByRole('link', { name: 'Output' }).click()
    await page.getByRole('button', { name: /^stderr/ }).click()
    await expect(page.getByLabel('stderr', { exact: true })).toContainText(assetName)
    await shot(page, 'output')
  })

  await test.step('the asset tells of its latest materialization', async () => {
    await nav(page, 'Assets').click()
    await page.getByRole('searchbox', { name: 'Search assets' }).fill(assetName)
    const catalog = page.getByRole('table', { name: 'Assets' })
    await expect(catalog.getByText('Materialized', { exact: true }).first()).toBeVisible({ timeout: 30_000 })
    await page.getByRole('searchbox', { name: 'Search assets' }).fill('')
    await page.getByRole('combobox', { name: 'State' }).selectOption('Materialized')
    await expect(page.getByRole('link', { name: assetName, exact: true })).toBeVisible()
    await expect(catalog.getByText('Never materialized')).toHaveCount(0)
    await shot(page, 'assets')
    await page.getByRole('combobox', { name: 'State' }).selectOption('')
  })

  await test.step('the lineage graph zooms, and an asset in it opens', async () => {
    await nav(page, 'Lineage').click()
    const graph = page.getByRole('application')
    await expect(page.locator('.graph-card').first()).toBeVisible()
    await graph.hover({ position: { x: 200, y: 200 } })
    const scale = () =>
      page.locator('.graph-cards').evaluate((node) => new DOMMatrix(getComputedStyle(node).transform).a)
    const before = await scale()
    await page.mouse.wheel(0, -400)
    await expect.poll(scale).toBeGreaterThan(before)
    await page.mouse.wheel(0, 4000)
    await expect(page.locator('.graph-card')).toHaveCount(0)
    await page.getByRole('button', { name: 'Fit everything' }).click()
    await expect.poll(scale).toBeCloseTo(before, 1)
    await page.getByRole('searchbox').fill(assetName)
    await page
      .locator('.graph-card', { hasText: assetName })
      .first()
      .click({ position: { x: 100, y: 48 } })
    await expect(page.getByRole('complementary', { name: 'Chosen asset' })).toBeVisible()
    await shot(page, 'lineage')
  })

  await test.step('groups stand in boxes when asked for', async () => {
    await page.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('searchbox').fill('')
    await page.getByRole('checkbox', { name: 'Group boxes' }).check()
    await expect(page).toHaveURL(/boxes=1/)
    await expect(page.locator('.graph-card').first()).toBeVisible()
    await shot(page, 'lineage-groups')
  })

  await test.step('partitions are chosen for a launch, by range, by button and one by one', async () => {
    await page.goto(`${server.url}/assets/weather`)
    await page.getByRole('button', { name: 'Materialize', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await expect(dialog.getByRole('button', { name: 'Launch run' })).toBeEnabled()
    await dialog.getByRole('textbox', { name: /^Partitions of/ }).fill('2026-01-02...2026-01-04, 2026-02-01')
    await expect(dialog.getByRole('button', { name: 'Launch backfill of 4' })).toBeEnabled()
    await dialog.getByRole('button', { name: 'Last 7' }).click()
    await expect(dialog.getByRole('button', { name: 'Launch backfill of 7' })).toBeEnabled()
    await dialog.getByRole('button', { name: 'Clear' }).click()
    await expect(dialog.getByRole('button', { name: 'Launch run' })).toBeDisabled()
    await shot(page, 'partitions')
    await page.goto(`${server.url}/assets/shop_profile`)
    await page.getByRole('button', { name: 'Materialize', exact: true }).click()
    await dialog.getByRole('button', { name: 'harbour' }).click()
    await dialog.getByRole('button', { name: 'Launch backfill of 2' }).click()
  })

  await test.step('the backfill has a page with its progress, and can be cancelled', async () => {
    await page.waitForURL(/\/runs\/b\//)
    await expect(page.getByRole('heading', { name: /^Backfill / })).toBeVisible()
    await expect(page.getByRole('cell', { name: 'shop_profile' })).toBeVisible()
    await expect(page.getByText('/ 2').first()).toBeVisible()
    await shot(page, 'backfill')
    const cancel = page.getByRole('button', { name: 'Cancel' })
    if (await cancel.isEnabled()) await cancel.click()
    await nav(page, 'Runs').click()
    await page.getByRole('link', { name: 'Backfills' }).click()
    await expect(page.getByRole('cell', { name: 'shop_profile' }).first()).toBeVisible()
  })

  await test.step('an asset with a condition tells of its evaluations', async () => {
    await page.goto(`${server.url}/assets/newsletter`)
    await page.getByRole('navigation', { name: 'Asset' }).getByRole('link', { name: 'Automation' }).click()
    await expect(page.getByText(/Not evaluated yet|Evaluations/).first()).toBeVisible()
  })

  await test.step('the partitions of an asset are listed by state and by name', async () => {
    await page.goto(`${server.url}/assets/weather?tab=partitions`)
    const list = page.locator('.part-row')
    await expect(list.first()).toBeVisible()
    await page.getByRole('searchbox', { name: 'Search partitions' }).fill('2026-02-0')
    await expect(list).toHaveCount(9)
    await list.first().click()
    await expect(page.getByRole('heading', { name: '2026-02-09' })).toBeVisible()
    await page.getByRole('button', { name: /materialized$/ }).click()
    await expect(page.getByText('No such partition.')).toBeVisible()
    await shot(page, 'partition-list')
  })

  await test.step('the launchpad takes some ops, tells what is wrong in the config, and launches', async () => {
    await page.goto(`${server.url}/locations/__repository__@definitions.py/jobs/roast_batch?tab=launchpad`)
    const ops = page.getByRole('combobox', { name: /^Ops/ })
    const launch = page.getByRole('button', { name: 'Launch run' })
    await expect(page.getByText('Config is valid')).toBeVisible()
    await ops.fill('weigh*, grind')
    await expect(page.getByText('No op of this job: grind')).toBeVisible()
    await expect(launch).toBeDisabled()
    await ops.fill('weigh')
    await page.getByRole('button', { name: 'Fill in defaults' }).click()
    const editor = page.getByRole('textbox', { name: 'Run config, YAML' })
    await expect(editor).toContainText('Ethiopia')
    await editor.fill('ops: {weigh: {config: {kilograms: many}}}')
    await expect(page.getByText(/1 problem/)).toBeVisible()
    await expect(launch).toBeDisabled()
    await editor.fill('')
    await expect(page.getByText('Config is valid')).toBeVisible()
    await shot(page, 'launchpad')
    await launch.click()
    await page.waitForURL(/\/runs\/[0-9a-f-]{36}/)
    await expect(page.locator('.page-meta .tag').first()).toHaveText('Success', { timeout: 120_000 })
    const steps = page.getByRole('group', { name: 'Steps' }).getByRole('button')
    await expect(steps).toHaveCount(1)
  })

  await test.step('one step of a run is executed again', async () => {
    const first = page.url()
    await page.getByRole('group', { name: 'Steps' }).getByRole('button', { name: /weigh/ }).click()
    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('button', { name: 'Re-execute weigh' }).click()
    await page.waitForURL((url) => /\/runs\/[0-9a-f-]{36}/.test(url.href) && !first.startsWith(url.href))
    await expect(page.getByRole('link', { name: /^first run/ })).toBeVisible()
  })

  await test.step('the timeline goes back and returns', async () => {
    await nav(page, 'Overview').click()
    await expect(page.getByRole('link', { name: 'roast_batch' }).first()).toBeVisible()
    await page.getByRole('button', { name: 'Earlier' }).click()
    await expect(page.getByRole('heading', { name: /^Runs until/ })).toBeVisible()
    await page.getByRole('button', { name: 'Back to now' }).click()
    await expect(page.getByRole('heading', { name: 'Runs', exact: true })).toBeVisible()
  })

  await test.step('a partitioned job offers its partitions', async () => {
    await nav(page, 'Jobs').click()
    await page.getByRole('link', { name: 'daily_sales', exact: true }).click()
    await page.getByRole('link', { name: 'Partitions', exact: true }).click()
    await page.getByRole('button', { name: 'Last 7' }).click()
    await expect(page.getByRole('button', { name: 'Backfill 7 partitions' })).toBeVisible()
    await shot(page, 'job-partitions')
  })

  await test.step('a schedule is switched, stays so after a reload, and is switched back', async () => {
    await nav(page, 'Automation').click()
    const toggle = page.getByRole('switch').first()
    const before = await toggle.getAttribute('aria-checked')
    const after = before === 'true' ? 'false' : 'true'
    await toggle.click()
    await expect(toggle).toBeEnabled()
    await expect(toggle).toHaveAttribute('aria-checked', after)
    await page.reload()
    await expect(toggle).toHaveAttribute('aria-checked', after)
    await shot(page, 'automation')
    await toggle.click()
    await expect(toggle).toBeEnabled()
    await expect(toggle).toHaveAttribute('aria-checked', before ?? 'false')
  })

  await test.step('a code location is reloaded', async () => {
    await nav(page, 'Deployment').click()
    await page
      .getByRole('button', { name: /^Reload .+/ })
      .and(page.locator('.loc button'))
      .first()
      .click()
    await expect(page.getByRole('status').getByText(/is reloaded/)).toBeVisible({ timeout: 60_000 })
    await shot(page, 'deployment')
  })

  await test.step('a pool gets a limit and loses it', async () => {
    await page.getByRole('link', { name: 'Pools' }).click()
    await page.getByRole('textbox', { name: 'Name of the pool' }).fill('warehouse')
    await page.getByRole('textbox', { name: 'Limit', exact: true }).fill('3')
    await page.getByRole('button', { name: 'Limit another pool' }).click()
    await expect(page.getByText('0 of 3 slots in use')).toBeVisible()
    await shot(page, 'pools')
    await page.getByRole('button', { name: 'Remove' }).click()
    await expect(page.getByText('No pools in use')).toBeVisible()
  })

  await test.step('a materialization is reported, then the history of an asset is wiped', async () => {
    await page.goto(`${server.url}/assets/bestsellers`)
    const menu = page.getByRole('button', { name: 'More for this asset' })
    await menu.click()
    await page.getByRole('button', { name: 'Report a materialization …' }).click()
    await page.getByRole('textbox', { name: 'Description' }).fill('made by hand')
    await page.getByRole('button', { name: 'Report', exact: true }).click()
    await expect(page.getByText('made by hand')).toBeVisible()
    await menu.click()
    await page.getByRole('button', { name: 'Wipe its history …' }).click()
    await expect(page.getByRole('button', { name: 'Wipe', exact: true })).toBeDisabled()
    await page.getByRole('textbox', { name: /to confirm/ }).fill('bestsellers')
    await page.getByRole('button', { name: 'Wipe', exact: true }).click()
    await expect(page.getByText('made by hand')).toBeHidden()
  })

  await test.step('the command palette leads anywhere', async () => {
    await page.keyboard.press('Control+k')
    await expect(page.getByRole('combobox', { name: /^Jump to/ })).toBeFocused()
    await page.keyboard.type(assetName)
    await page
      .getByRole('option', { name: new RegExp(assetName) })
      .first()
      .click()
    await expect(page.getByRole('heading', { level: 1 })).toContainText(assetName)
  })

  expect(problems, `errors in the browser's console\n${server.output()}`).toEqual([])
})
