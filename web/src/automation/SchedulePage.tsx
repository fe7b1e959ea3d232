import { Link, useParams } from 'react-router'
import { Page } from '../app/Page'
import { expectType } from '../graphql/errors'
import { SchedulePageDocument } from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import { jobPath, parseRepoSegment, repoAddressToText } from '../lib/names'
import { Panel, Time } from '../ui/basics'
import { Markdown } from '../ui/Markdown'
import { QueryView } from '../ui/QueryView'
import { DryRun } from './DryRun'
import { InstigatorSwitch } from './InstigatorSwitch'
import { cronText } from './look'
import { Ticks } from './Ticks'

export default function SchedulePage() {
  const { repo: segment = '', name = '' } = useParams()
  const repo = parseRepoSegment(segment)
  const address = { repositoryName: repo.repository, repositoryLocationName: repo.location }
  const query = useGql(
    SchedulePageDocument,
    { selector: { ...address, scheduleName: name } },
    { poll: 10_000 },
  )
  const selector = { ...address, name }
  return (
    <QueryView query={query} pageTitle={name}>
      {(data) => {
        const schedule = expectType(data.scheduleOrError, 'Schedule')
        const on = schedule.scheduleState.status === 'RUNNING'
        return (
          <Page
            title={schedule.name}
            meta={
              <>
                <InstigatorSwitch state={schedule.scheduleState} />
                <span>schedule in {repoAddressToText(repo)}</span>
              </>
            }
            actions={<DryRun selector={selector} kind="schedule" times={schedule.potentialTickTimestamps} />}
          >
            <div className="grid-main">
              <Ticks selector={selector} />
              <div className="stack">
                <Panel title="About">
                  <div className="panel-body stack">
                    {schedule.description && <Markdown text={schedule.description} />}
                    <dl className="defs">
                      <dt>When</dt>
                      <dd>
                        {cronText(schedule.cronSchedule)}
                        <div className="muted mono">
                          {schedule.cronSchedule} {schedule.executionTimezone ?? 'UTC'}
                        </div>
                      </dd>
                      <dt>Launches</dt>
                      <dd>
                        {schedule.pipelineName.startsWith('__') ? (
                          schedule.assetSelection?.assetSelectionString
                        ) : (
                          <Link to={jobPath(repo, schedule.pipelineName)}>{schedule.pipelineName}</Link>
                        )}
                      </dd>
                      <dt>By default</dt>
                      <dd>{schedule.defaultStatus === 'RUNNING' ? 'on' : 'off'}</dd>
                    </dl>
                  </div>
                </Panel>
                <Panel title={on ? 'Next ticks' : 'Next ticks, if it were on'}>
                  <ul className="panel-body plain-list">
                    {schedule.futureTicks.results.map((tick) => (
                      <li key={tick.timestamp} className="row">
                        <Time at={tick.timestamp} absolute />
                        <span className="muted push">
                          <Time at={tick.timestamp} />
                        </span>
                      </li>
                    ))}
                  </ul>
                </Panel>
              </div>
            </div>
          </Page>
        )
      }}
    </QueryView>
  )
}
