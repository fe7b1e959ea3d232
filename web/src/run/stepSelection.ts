/** Which steps a partial re-execution takes. Pure. */
import type { Step } from './steps'

/** The step and everything that depends on it, in the order of the plan. */
export function withDownstream(steps: readonly Pick<Step, 'key' | 'dependsOn'>[], key: string): string[] {
  const taken = new Set([key])
  for (let grown = true; grown;) {
    grown = false
    for (const step of steps) {
      if (taken.has(step.key) || !step.dependsOn.some((upstream) => taken.has(upstream))) continue
      taken.add(step.key)
      grown = true
    }
  }
  return steps.filter((step) => taken.has(step.key)).map((step) => step.key)
}

/** Tags of the parent that a run of some of its steps keeps: Dagster's own describe the parent only. */
export function inheritedTags(
  tags: readonly { key: string; value: string }[],
): { key: string; value: string }[] {
  return tags
    .filter(({ key }) => !/^\.?dagster\//.test(key) || key.startsWith('dagster/partition'))
    .map(({ key, value }) => ({ key, value }))
}
