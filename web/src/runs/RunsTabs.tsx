import { Tabs } from '../ui/basics'

export function RunsTabs({ current }: { current: 'runs' | 'backfills' }) {
  return (
    <Tabs
      label="Runs"
      items={[
        { to: '/runs', label: 'Runs', current: current === 'runs' },
        { to: '/backfills', label: 'Backfills', current: current === 'backfills' },
      ]}
    />
  )
}
