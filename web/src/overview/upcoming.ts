/** When schedules fire next, from the server's own reckoning. */
import { useMemo } from 'react'
import { UpcomingTicksDocument, type UpcomingTicksQuery } from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import { schedulePath } from '../lib/names'
import { useNow } from '../lib/useNow'

export interface UpcomingTick {
  at: number
  name: string
  job: string
  path: string
}

export function listTicks(data: UpcomingTicksQuery | undefined): UpcomingTick[] {
  if (data?.workspaceOrError.__typename !== 'Workspace') return []
  return data.workspaceOrError.locationEntries
    .flatMap((entry) =>
      entry.locationOrLoadError?.__typename === 'RepositoryLocation'
        ? entry.locationOrLoadError.repositories.flatMap((repository) =>
            repository.schedules
              .filter((schedule) => schedule.scheduleState.status === 'RUNNING')
              .flatMap((schedule) =>
                schedule.futureTicks.results.map((tick) => ({
                  at: tick.timestamp ?? 0,
                  name: schedule.name,
                  job: schedule.pipelineName,
                  path: schedulePath({ repository: repository.name, location: entry.name }, schedule.name),
                })),
              ),
          )
        : [],
    )
    .sort((a, b) => a.at - b.at)
}

export function useUpcomingQuery() {
  const fiveMinutes = Math.floor(useNow() / 300_000) * 300
  return useGql(UpcomingTicksDocument, { until: fiveMinutes + 86_400 }, { poll: 15_000, keepPrevious: true })
}

export function useUpcoming(): UpcomingTick[] {
  const { data } = useUpcomingQuery()
  return useMemo(() => listTicks(data), [data])
}
