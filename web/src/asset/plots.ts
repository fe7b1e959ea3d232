/** Numeric metadata over time, one series per label. Pure. */
import type { AssetEventFragment } from '../graphql/generated/graphql'
import type { Point } from '../ui/LinePlot'

export interface Series {
  label: string
  points: Point[]
}

function numberOf(entry: AssetEventFragment['metadataEntries'][number]): number | undefined {
  const value =
    entry.__typename === 'IntMetadataEntry'
      ? (entry.intValue ?? Number(entry.intRepr))
      : entry.__typename === 'FloatMetadataEntry'
        ? entry.floatValue
        : undefined
  return value != null && Number.isFinite(value) ? value : undefined
}

/** Series with at least two values, in order of first appearance. */
export function numericSeries(
  events: readonly Pick<AssetEventFragment, 'timestamp' | 'metadataEntries'>[],
): Series[] {
  const series = new Map<string, Point[]>()
  for (const event of [...events].sort((a, b) => Number(a.timestamp) - Number(b.timestamp))) {
    for (const entry of event.metadataEntries) {
      const value = numberOf(entry)
      if (value === undefined) continue
      const points = series.get(entry.label) ?? []
      points.push({ at: Number(event.timestamp) / 1000, value })
      series.set(entry.label, points)
    }
  }
  return [...series].filter(([, points]) => points.length > 1).map(([label, points]) => ({ label, points }))
}
