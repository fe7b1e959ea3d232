import type { IconName } from '../ui/Icon'

/** The pages of the sidebar. */
export const pages: { title: string; path: string; icon: IconName }[] = [
  { title: 'Overview', path: '/', icon: 'home' },
  { title: 'Runs', path: '/runs', icon: 'runs' },
  { title: 'Assets', path: '/assets', icon: 'assets' },
  { title: 'Lineage', path: '/lineage', icon: 'lineage' },
  { title: 'Jobs', path: '/jobs', icon: 'jobs' },
  { title: 'Automation', path: '/automation', icon: 'automation' },
  { title: 'Deployment', path: '/deployment', icon: 'deployment' },
]
