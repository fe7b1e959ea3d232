/** Adds a key to a dynamic partitions definition. */
import { useState } from 'react'
import { request } from '../graphql/client'
import { ApiError, expectType } from '../graphql/errors'
import { AddPartitionDocument, type RepositorySelector } from '../graphql/generated/graphql'
import { Button } from '../ui/basics'
import { ErrorView } from '../ui/ErrorView'
import { keyProblem } from './materialize'

export interface DynamicPartitions {
  definition: string
  repository: RepositorySelector
}

export function AddPartition(props: {
  dynamic: DynamicPartitions
  keys: readonly string[]
  onAdded: (key: string) => Promise<void>
}) {
  const { definition, repository } = props.dynamic
  const [key, setKey] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const problem = keyProblem(key, props.keys)
  const add = async () => {
    setBusy(true)
    setError(undefined)
    try {
      const { addDynamicPartition } = await request(AddPartitionDocument, { repository, definition, key })
      if (addDynamicPartition.__typename === 'DuplicateDynamicPartitionError')
        throw new ApiError('refused', `${key} exists already.`)
      expectType(addDynamicPartition, 'AddDynamicPartitionSuccess')
      await props.onAdded(key)
      setKey('')
    } catch (cause) {
      setError(cause)
    } finally {
      setBusy(false)
    }
  }
  return (
    <form
      className="stack-s"
      onSubmit={(event) => {
        event.preventDefault()
        if (key && !problem && !busy) void add()
      }}
    >
      <div className="row">
        <input
          className="input picker-input"
          aria-label={`New key of ${definition}`}
          placeholder={`new key of ${definition}`}
          value={key}
          onChange={(event) => setKey(event.target.value)}
        />
        <Button type="submit" icon="plus" disabled={!key || busy || problem !== undefined}>
          Add
        </Button>
      </div>
      {key && problem && <p className="muted">{problem}</p>}
      {error !== undefined && <ErrorView error={error} title="The key was not added" />}
    </form>
  )
}
