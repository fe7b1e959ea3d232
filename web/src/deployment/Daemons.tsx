/** The daemons: whether each runs, what it does, and what it complained about last. */
import { DaemonsDocument, type DaemonsQuery } from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import { Panel, Time } from '../ui/basics'
import { PythonErrorView } from '../ui/ErrorView'
import { QueryView } from '../ui/QueryView'
import { StatusDisc } from '../ui/StatusDisc'
import { countErrors, daemonLook, daemonState } from './daemonState'

type Daemon = DaemonsQuery['instance']['daemonHealth']['allDaemonStatuses'][number]

const daemonWork: Record<string, string> = {
  SCHEDULER: 'fires schedules',
  SENSOR: 'evaluates sensors',
  QUEUED_RUN_COORDINATOR: 'takes runs from the queue',
  BACKFILL: 'works through backfills',
  ASSET: 'evaluates automation conditions',
  MONITORING: 'watches run workers',
  EVENT_LOG_CONSUMER: 'retries failed runs',
  FRESHNESS_DAEMON: 'checks freshness',
}

function Rows({ daemon }: { daemon: Daemon }) {
  const look = daemonLook[daemonState(daemon)]
  return (
    <>
      <tr>
        <td className="mono">{daemon.daemonType.toLowerCase()}</td>
        <td>
          <span className="row">
            <StatusDisc kind={look.disc} />
            {look.label}
          </span>
        </td>
        <td>
          <Time at={daemon.lastHeartbeatTime} />
        </td>
        <td className="soft">{daemonWork[daemon.daemonType]}</td>
      </tr>
      {daemon.lastHeartbeatErrors.length > 0 && (
        <tr className="daemon-errors">
          <td colSpan={4}>
            <div className="stack">
              {countErrors(daemon.lastHeartbeatErrors).map(({ error, count }, index) => (
                <PythonErrorView
                  key={index}
                  error={error}
                  title={count > 1 ? `${error.className ?? 'Python error'}, ${count} times` : undefined}
                />
              ))}
            </div>
          </td>
        </tr>
      )}
    </>
  )
}

export function Daemons() {
  const query = useGql(DaemonsDocument, {}, { poll: 5000 })
  return (
    <QueryView query={query}>
      {({ instance }) => (
        <Panel>
          <div className="table-wrap">
            <table className="table">
              <thead>
                <tr>
                  <th>Daemon</th>
                  <th>State</th>
                  <th>Last heartbeat</th>
                  <th>What it does</th>
                </tr>
              </thead>
              <tbody>
                {instance.daemonHealth.allDaemonStatuses.map((daemon) => (
                  <Rows key={daemon.id} daemon={daemon} />
                ))}
              </tbody>
            </table>
          </div>
        </Panel>
      )}
    </QueryView>
  )
}
