import { JobPartitionsDocument } from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import type { RepoAddress } from '../lib/names'

/** The partition set of a job with its keys; no set for a job without partitions. */
export function usePartitions(repo: RepoAddress, job: string) {
  const repository = { repositoryName: repo.repository, repositoryLocationName: repo.location }
  const query = useGql(JobPartitionsDocument, { repository, job })
  const sets = query.data?.partitionSetsOrError
  const set = sets?.__typename === 'PartitionSets' ? sets.results[0] : undefined
  const keys =
    set?.partitionsOrError.__typename === 'Partitions'
      ? set.partitionsOrError.results.map((each) => each.name)
      : []
  return { query, repository, set, keys }
}
