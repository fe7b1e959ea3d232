/** The routes. Each page is its own chunk. Paths follow Dagster's, with its older names as redirects. */
import { lazy } from 'react'
import { Link, Navigate, Route, Routes, useLocation } from 'react-router'
import { Empty } from '../ui/basics'
import { Page } from './Page'
import { Shell } from './Shell'

const OverviewPage = lazy(() => import('../overview/OverviewPage'))
const RunsPage = lazy(() => import('../runs/RunsPage'))
const BackfillsPage = lazy(() => import('../backfills/BackfillsPage'))
const BackfillPage = lazy(() => import('../backfills/BackfillPage'))
const RunPage = lazy(() => import('../run/RunPage'))
const AssetsPage = lazy(() => import('../assets/AssetsPage'))
const AssetPage = lazy(() => import('../asset/AssetPage'))
const LineagePage = lazy(() => import('../lineage/LineagePage'))
const JobsPage = lazy(() => import('../jobs/JobsPage'))
const JobPage = lazy(() => import('../job/JobPage'))
const AutomationPage = lazy(() => import('../automation/AutomationPage'))
const SchedulePage = lazy(() => import('../automation/SchedulePage'))
const SensorPage = lazy(() => import('../automation/SensorPage'))
const DeploymentPage = lazy(() => import('../deployment/DeploymentPage'))

function Moved({ to }: { to: string }) {
  const { search } = useLocation()
  return <Navigate to={`${to}${search}`} replace />
}

function NotFound() {
  return (
    <Page title="Not found">
      <Empty title="There is no page at this address">
        Press Ctrl K to search for what you meant, or go to the <Link to="/">overview</Link>.
      </Empty>
    </Page>
  )
}

export function App() {
  return (
    <Shell>
      <Routes>
        <Route index element={<OverviewPage />} />
        <Route path="runs" element={<RunsPage />} />
        <Route path="backfills" element={<BackfillsPage />} />
        <Route path="runs/b/:backfillId" element={<BackfillPage />} />
        <Route path="runs/:runId" element={<RunPage />} />
        <Route path="assets" element={<AssetsPage />} />
        <Route path="assets/*" element={<AssetPage />} />
        <Route path="lineage" element={<LineagePage />} />
        <Route path="jobs" element={<JobsPage />} />
        <Route path="locations/:repo/jobs/:job" element={<JobPage />} />
        <Route path="automation" element={<AutomationPage />} />
        <Route path="locations/:repo/schedules/:name" element={<SchedulePage />} />
        <Route path="locations/:repo/sensors/:name" element={<SensorPage />} />
        <Route path="deployment" element={<DeploymentPage />} />
        <Route path="asset-groups/*" element={<Moved to="/lineage" />} />
        <Route path="overview/*" element={<Moved to="/" />} />
        <Route path="locations" element={<Moved to="/deployment" />} />
        <Route path="deployment/*" element={<Moved to="/deployment" />} />
        <Route path="*" element={<NotFound />} />
      </Routes>
    </Shell>
  )
}
