import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { useQueryClient } from '@tanstack/react-query'
import { Page } from '../app/Page'
import { request } from '../graphql/client'
import { expectType } from '../graphql/errors'
import { SensorPageDocument, SetSensorCursorDocument } from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import { jobPath, parseRepoSegment, repoAddressToText } from '../lib/names'
import { Button, CopyText, Panel, Time } from '../ui/basics'
import { Dialog } from '../ui/Dialog'
import { Markdown } from '../ui/Markdown'
import { QueryView } from '../ui/QueryView'
import { notify, notifyError } from '../ui/toast'
import { DryRun } from './DryRun'
import { InstigatorSwitch } from './InstigatorSwitch'
import { Ticks, type InstigatorSelector } from './Ticks'

function CursorButton({ selector, cursor }: { selector: InstigatorSelector; cursor: string }) {
  const client = useQueryClient()
  const [draft, setDraft] = useState<string | null>(null)
  const save = async () => {
    const { name, ...repo } = selector
    try {
      const answer = await request(SetSensorCursorDocument, {
        selector: { ...repo, sensorName: name },
        cursor: draft || null,
      })
      expectType(answer.setSensorCursor, 'Sensor')
      notify('success', 'The next evaluation starts from the new cursor.')
      setDraft(null)
    } catch (error) {
      notifyError(error)
    }
    await client.invalidateQueries()
  }
  return (
    <>
      <Button small onClick={() => setDraft(cursor)}>
        Edit
      </Button>
      {draft !== null && (
        <Dialog
          title="Cursor"
          onClose={() => setDraft(null)}
          footer={
            <>
              <Button onClick={() => setDraft(null)}>Cancel</Button>
              <Button look="primary" onClick={() => void save()}>
                Save
              </Button>
            </>
          }
        >
          <p className="soft">
            Where the sensor goes on looking. An earlier cursor makes it find the same things again; empty
            starts anew.
          </p>
          <textarea
            className="input tags-input"
            rows={5}
            value={draft}
            onChange={(event) => setDraft(event.target.value)}
            aria-label="Cursor"
          />
        </Dialog>
      )}
    </>
  )
}

export default function SensorPage() {
  const { repo: segment = '', name = '' } = useParams()
  const repo = parseRepoSegment(segment)
  const address = { repositoryName: repo.repository, repositoryLocationName: repo.location }
  const query = useGql(SensorPageDocument, { selector: { ...address, sensorName: name } }, { poll: 5_000 })
  const selector = { ...address, name }
  return (
    <QueryView query={query} pageTitle={name}>
      {(data) => {
        const sensor = expectType(data.sensorOrError, 'Sensor')
        const own = sensor.sensorState.typeSpecificData
        const state = own?.__typename === 'SensorData' ? own : undefined
        const targets = (sensor.targets ?? []).filter((each) => !each.pipelineName.startsWith('__'))
        return (
          <Page
            title={sensor.name}
            meta={
              <>
                <InstigatorSwitch state={sensor.sensorState} />
                <span>
                  {sensor.sensorType.toLowerCase().replace('_', ' ')} sensor in {repoAddressToText(repo)}
                </span>
              </>
            }
            actions={<DryRun selector={selector} kind="sensor" cursor={state?.lastCursor} />}
          >
            <div className="grid-main">
              <Ticks selector={selector} />
              <Panel title="About">
                <div className="panel-body stack">
                  {sensor.description && <Markdown text={sensor.description} />}
                  <dl className="defs">
                    <dt>Looks every</dt>
                    <dd>{sensor.minIntervalSeconds} s</dd>
                    <dt>Last tick</dt>
                    <dd>
                      <Time at={state?.lastTickTimestamp} />
                    </dd>
                    <dt>Launches</dt>
                    <dd>
                      {targets.map((each) => (
                        <div key={each.pipelineName}>
                          <Link to={jobPath(repo, each.pipelineName)}>{each.pipelineName}</Link>
                        </div>
                      ))}
                      {targets.length === 0 && (sensor.assetSelection?.assetSelectionString ?? '–')}
                    </dd>
                    {state?.lastRunKey && (
                      <>
                        <dt>Last run key</dt>
                        <dd>
                          <CopyText text={state.lastRunKey} />
                        </dd>
                      </>
                    )}
                    <dt>Cursor</dt>
                    <dd className="row wrap">
                      {state?.lastCursor ? (
                        <CopyText
                          text={state.lastCursor}
                          shown={
                            state.lastCursor.length > 60
                              ? `${state.lastCursor.slice(0, 60)}…`
                              : state.lastCursor
                          }
                        />
                      ) : (
                        <span className="muted">none</span>
                      )}
                      {sensor.hasCursorUpdatePermissions && (
                        <CursorButton selector={selector} cursor={state?.lastCursor ?? ''} />
                      )}
                    </dd>
                    <dt>By default</dt>
                    <dd>{sensor.defaultStatus === 'RUNNING' ? 'on' : 'off'}</dd>
                  </dl>
                </div>
              </Panel>
            </div>
          </Page>
        )
      }}
    </QueryView>
  )
}
