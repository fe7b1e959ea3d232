/** Concurrency pools: how many of their slots are in use, by which steps, who waits, and their limits. */
import { useState } from 'react'
import { Link } from 'react-router'
import { useQueryClient } from '@tanstack/react-query'
import { request } from '../graphql/client'
import {
  DeletePoolLimitDocument,
  FreeSlotsDocument,
  PoolsDocument,
  SetPoolLimitDocument,
  type PoolsQuery,
} from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import { plural, runPath, shortId } from '../lib/names'
import { Button, Empty, Panel, Tag, Time } from '../ui/basics'
import { QueryView } from '../ui/QueryView'
import { notifyError } from '../ui/toast'

type Pool = PoolsQuery['instance']['concurrencyLimits'][number]

function useAct() {
  const client = useQueryClient()
  return async (action: () => Promise<unknown>) => {
    try {
      await action()
    } catch (error) {
      notifyError(error)
    }
    await client.invalidateQueries()
  }
}

function LimitForm({ pool, limit, label }: { pool?: string; limit?: number; label: string }) {
  const act = useAct()
  const [name, setName] = useState(pool ?? '')
  const [text, setText] = useState(limit === undefined ? '' : String(limit))
  const wanted = /^\d+$/.test(text.trim()) ? Number(text) : undefined
  return (
    <form
      className="row wrap"
      onSubmit={(event) => {
        event.preventDefault()
        if (wanted === undefined || !name.trim()) return
        void act(() => request(SetPoolLimitDocument, { pool: name.trim(), limit: wanted })).then(() => {
          if (pool === undefined) setName('')
          if (pool === undefined) setText('')
        })
      }}
    >
      {pool === undefined && (
        <input
          className="input"
          aria-label="Name of the pool"
          placeholder="pool"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      )}
      <input
        className="input pool-limit"
        inputMode="numeric"
        aria-label={pool === undefined ? 'Limit' : `Limit of ${pool}`}
        placeholder="limit"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <Button type="submit" disabled={wanted === undefined || wanted === limit || !name.trim()}>
        {label}
      </Button>
    </form>
  )
}

function PoolPanel({ pool }: { pool: Pool }) {
  const act = useAct()
  const limit = pool.limit ?? pool.slotCount
  return (
    <Panel
      title={<span className="mono">{pool.concurrencyKey}</span>}
      actions={
        <>
          {pool.usingDefaultLimit && <Tag>default limit</Tag>}
          <LimitForm
            key={limit}
            pool={pool.concurrencyKey}
            limit={pool.usingDefaultLimit ? undefined : limit}
            label="Set limit"
          />
          <Button
            look="danger"
            onClick={() => void act(() => request(DeletePoolLimitDocument, { pool: pool.concurrencyKey }))}
          >
            Remove
          </Button>
        </>
      }
    >
      <div className="panel-body stack">
        <p>
          <strong>{pool.activeSlotCount}</strong> of {plural(limit, 'slot')} in use,{' '}
          <strong>{pool.pendingStepCount}</strong> waiting
          {pool.assignedStepCount > 0 && <>, {pool.assignedStepCount} about to start</>}
        </p>
        {(pool.claimedSlots.length > 0 || pool.pendingSteps.length > 0) && (
          <div className="table-wrap">
            <table className="table">
              <tbody>
                {pool.claimedSlots.map((slot) => (
                  <tr key={`${slot.runId} ${slot.stepKey}`}>
                    <td>holds a slot</td>
                    <td>
                      <Link className="mono" to={runPath(slot.runId)}>
                        {shortId(slot.runId)}
                      </Link>
                    </td>
                    <td className="mono">{slot.stepKey}</td>
                    <td />
                    <td className="num">
                      <Button
                        small
                        title="For a slot whose run is gone and did not give it back"
                        onClick={() =>
                          void act(() =>
                            request(FreeSlotsDocument, { runId: slot.runId, stepKey: slot.stepKey }),
                          )
                        }
                      >
                        Free
                      </Button>
                    </td>
                  </tr>
                ))}
                {pool.pendingSteps
                  .filter((step) => step.assignedTimestamp == null)
                  .map((step) => (
                    <tr key={`${step.runId} ${step.stepKey}`}>
                      <td className="soft">waits</td>
                      <td>
                        <Link className="mono" to={runPath(step.runId)}>
                          {shortId(step.runId)}
                        </Link>
                      </td>
                      <td className="mono">{step.stepKey}</td>
                      <td>
                        since <Time at={step.enqueuedTimestamp} />
                      </td>
                      <td className="num">{step.priority ? `priority ${step.priority}` : ''}</td>
                    </tr>
                  ))}
              </tbody>
            </table>
          </div>
        )}
      </div>
    </Panel>
  )
}

export function Pools() {
  const query = useGql(PoolsDocument, {}, { poll: 4_000 })
  return (
    <QueryView query={query}>
      {({ instance }) => {
        if (!instance.supportsConcurrencyLimits)
          return (
            <Empty title="Not kept by this storage">
              Pools need PostgreSQL or the consolidated SQLite storage.
            </Empty>
          )
        const { poolConfig } = instance
        return (
          <div className="stack">
            <div className="row wrap">
              <span className="soft">
                {poolConfig?.defaultPoolLimit != null
                  ? `Pools without a limit of their own get ${plural(poolConfig.defaultPoolLimit, 'slot')}.`
                  : 'Pools without a limit of their own have none.'}
                {poolConfig?.poolGranularity === 'run' && ' A run holds its slots from start to end.'}
              </span>
              <span className="push" />
              <LimitForm label="Limit another pool" />
            </div>
            {instance.concurrencyLimits.length === 0 ? (
              <Panel>
                <Empty title="No pools in use">
                  Give an op or asset a pool to limit how many of its kind run at once.
                </Empty>
              </Panel>
            ) : (
              instance.concurrencyLimits.map((pool) => <PoolPanel key={pool.concurrencyKey} pool={pool} />)
            )}
          </div>
        )
      }}
    </QueryView>
  )
}
